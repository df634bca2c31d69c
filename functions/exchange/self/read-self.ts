import type { AgentId } from "../../../contract/agent-id.ts";
import { MOST_SHOWN, type Self } from "../../../contract/self.ts";
import { atOnce } from "../../core/at-once.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { Task } from "../../core/tasks/task.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import { answered } from "../../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../../http/event.ts";
import { readAuthorization } from "../../http/read-authorization.ts";
import { describeLimits } from "../../operators/describe-agent.ts";
import { proveQuestioner } from "../../steps/requests/prove-questioner.ts";

/** Tasks that are read at a time. */
const AT_ONCE = 5;

/**
 * Answers `GET /v1/self`: the agent that the token leads to, its limits and its live tasks. Nothing is written but the count of
 * questions.
 */
export const readSelf = (event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> =>
  answered<Self>(event, ports, async (record) => {
    const identity = await proveQuestioner(readAuthorization(event), record, ports);
    // The registration as it is now, for an agent that was suspended within the last minute.
    const agent = await ports.agents.read(identity.agent.id);
    if (!agent) throw new Refusal("agent_unknown");
    return {
      agent: agent.id,
      name: agent.name,
      owner: agent.owner,
      team: agent.team,
      status: agent.status,
      ...(agent.endsAt === undefined ? {} : { ends_at: isoSeconds(agent.endsAt) }),
      issuer: identity.subject.slice(0, identity.subject.indexOf("|")),
      ...identity.named,
      limits: describeLimits(agent),
      ...(await liveTasks(agent.id, ports)),
    };
  });

async function liveTasks(id: AgentId, ports: SealingPorts): Promise<Pick<Self, "tasks" | "live_tasks">> {
  const living = await ports.agents.living(id);
  const read = await atOnce(AT_ONCE, living.slice(-MOST_SHOWN), async ({ path }) => {
    const task = await ports.tasks.read(path);
    if (!task) return [];
    const { purpose, expiresAt } = task;
    return [{ id: task.path, purpose, ...(await statusOf(task, ports)), expires_at: isoSeconds(expiresAt) }];
  });
  return { tasks: read.flat(), live_tasks: living.length };
}

/** Describes the status of a live task, with the state of its approval until that was used. The code of approvals is loaded at its first use. */
async function statusOf(task: Task, ports: SealingPorts): Promise<Pick<Self["tasks"][number], "status" | "approval">> {
  const { status, approval } = task;
  if (status !== "active" || !approval) return { status };
  const { approvalNow } = await import("../approvals/approval-now.ts");
  const { id, state } = await approvalNow({ ...task, approval }, ports);
  return state === "used" ? { status } : { status: "pending_approval", approval: { id, state } };
}
