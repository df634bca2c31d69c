import { nextEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { isLive, type Task } from "../core/tasks/task.ts";
import { isOneOf, parseToken } from "../core/tasks/token.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readForm } from "../http/read-body.ts";
import { attempt } from "../steps/requests/attempt.ts";
import { changeTask } from "../steps/tasks/change-task.ts";
import { endTask } from "../steps/tasks/end-task.ts";
import { agentOf, revokeDelegation } from "../steps/tasks/revoke-delegation.ts";

/**
 * Answers `POST /v1/revoke` (RFC 7009). A task token ends its task, and so does the presentation token of a task without a task token. Any other presentation
 * or delegation token ends only itself. A task that was opened with a delegation continues, since it has a token of its own. An unknown token is answered with
 * 200 too (section 2.2).
 */
export function revoke(event: HttpEvent, ports: Ports): Promise<HttpAnswer> {
  return answered(event, ports, async (record) => {
    const token = readForm(event).get("token");
    if (token === undefined) throw new Refusal("malformed_request", { say: "The parameter token is missing." });
    const parsed = parseToken(token);
    const task = parsed && (await ports.tasks.read(parsed.path));
    if (!parsed || !task) return;
    record.staleIf(() => !isLive(task, ports.clock.nowMs() / 1_000));
    if (parsed.kind === "vk" && task.tokens.some(({ hash }) => isOneOf(parsed.hash, [hash]))) {
      record.noteTask(task);
      await endTask(task.path, { status: "revoked" }, task.agent, ports, task);
    } else if (parsed.kind === "vkp" && (await serverOf(task, parsed.hash, ports)) !== undefined) {
      record.noteTask(task);
      // Nobody else holds a task that was opened for one tool server, so its token is the task.
      if (task.tokens.length === 0) await endTask(task.path, { status: "revoked" }, task.agent, ports, task);
      else await orEnded(() => changeTask(task, (current) => removePresentation(current, parsed.hash, ports), ports));
    } else if (parsed.kind === "vkd" && (await agentOf(task, parsed.hash, ports)) !== undefined) {
      record.noteTask(task);
      await revokeDelegation(task, parsed.hash, undefined, ports);
    }
  });
}

/** Ignores a refusal because the task has ended: its weaker tokens ended with it. */
async function orEnded(change: () => Promise<void>): Promise<void> {
  const outcome = await attempt(change);
  if ("refusal" in outcome && outcome.refusal.code !== "task_ended") throw outcome.refusal;
}

async function removePresentation(task: Task, hash: string, ports: Ports): Promise<void> {
  const server = await serverOf(task, hash, ports);
  if (server === undefined) return;
  const event = nextEvent(task.chain, task.path, "presentation.revoked", ports.clock.nowMs(), {
    agent: task.agent,
    server,
  });
  await ports.tasks.removePresentation(task, hash, event);
}

/**
 * Names the server that a presentation is for; undefined for a token that was revoked or never issued. Somebody may have
 * taken the presentation out of the task's record, so the list of tokens that live is read too.
 */
async function serverOf({ path, presentations }: Task, hash: string, { tasks }: Ports): Promise<string | undefined> {
  const found = await tasks.findToken(path, hash);
  if (found && "server" in found) return found.server;
  return presentations.find((presentation) => isOneOf(hash, [presentation.hash]))?.server;
}
