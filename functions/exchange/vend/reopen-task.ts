import { TOKEN_LIMITS } from "../../../contract/limits.ts";
import type { IssuedLease } from "../../connectors/aws/issue-sessions.ts";
import { brand } from "../../core/brand.ts";
import { nextEvent } from "../../core/journal/event.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TaskPath } from "../../core/task-path.ts";
import { sealedTokenOf } from "../../core/tasks/sealed-fields.ts";
import { isLive, type TaskToken } from "../../core/tasks/task.ts";
import type { TaskRequest } from "../../core/tasks/task-request.ts";
import { hashToken, makeToken } from "../../core/tasks/token.ts";
import type { Attempt } from "../../core/while-contended.ts";
import type { Identity } from "../../steps/requests/verify-identity.ts";
import { authoriseTask } from "../../steps/tasks/authorise-task.ts";
import { type BelievedTask, believeTask } from "../../steps/tasks/believe-task.ts";
import { changeBelieved } from "../../steps/tasks/change-task.ts";
import type { Grants } from "../../steps/tasks/grants.ts";
import { type Lineage, readLineage } from "../../steps/tasks/read-lineage.ts";
import type { OpenedTask, OpenNeeds } from "./opened-task.ts";
import { refuseTooSoon, reissueConnected } from "./reissue-connected.ts";
import { recentSession, renewLease } from "./renew-lease.ts";

/**
 * Answers a repeated request with the same task, a further token, and the task's leases, renewed or issued again. The first token remains valid: only its
 * hash is known here, so the answer cannot contain it. Grants no more than the task has.
 * @param denials denied parts of this request.
 * @throws {Refusal} task_ended, agent_inactive, policy_denied, too_many_tokens, token_replayed, and those of a renewal.
 */
export async function reopenTask(
  path: TaskPath,
  identity: Identity,
  { sourceIp }: Pick<TaskRequest, "sourceIp">,
  { denials, outlives }: Pick<Grants, "denials" | "outlives">,
  ports: OpenNeeds,
): Promise<OpenedTask> {
  const lineage = await readLive(path, ports);
  const { task } = lineage;
  const grants = await authoriseTask(lineage, sourceIp, ports);
  const token = makeToken("vk", path, ports.random.bytes(32));
  const hash = hashToken(token);
  const further = { hash, seal: await ports.recordKey.seal("task-token", sealedTokenOf(path, { hash })) };
  await changeBelieved(task, (current, attempt) => addToken(current, further, identity, attempt, ports), ports);
  return vendAgain(path, token, { ...grants, denials, outlives }, ports);
}

/**
 * Issues all credentials of a live task again.
 * @param token task token that the answer is to contain.
 * @throws {Refusal} task_ended, agent_inactive, and those of a renewal.
 */
export async function vendAgain(path: TaskPath, token: string, grants: Grants, ports: OpenNeeds): Promise<OpenedTask> {
  const { denials, outlives } = grants;
  const leases: IssuedLease[] = [];
  let { task: current } = await readLive(path, ports);
  for (const { name } of current.leases) {
    const renewed = await renewLease(current, name, grants, ports, true);
    leases.push(...renewed.leases);
    current = renewed.task;
  }
  const reissued = await reissueConnected(current, grants, ports);
  return brand<OpenedTask>({ ...reissued, token, leases, denials, outlives, isNew: false });
}

/** Adds a token to the task. Checks first that the repeat is not too soon, so that a refused repeat uses up no token. */
export async function addToken(
  task: BelievedTask,
  token: TaskToken,
  { subject, use }: Pick<Identity, "subject" | "use">,
  { isLast }: Attempt,
  ports: OpenNeeds,
): Promise<void> {
  if (task.tokens.length >= TOKEN_LIMITS.tokens) throw new Refusal("too_many_tokens");
  for (const lease of task.leases) recentSession(task, lease, { mayWait: !isLast, mayFollow: true }, ports);
  refuseTooSoon(task, ports);
  const facts = { agent: task.agent, subject };
  const event = nextEvent(task.chain, task.path, "task.token_issued", ports.clock.nowMs(), facts);
  await ports.tasks.addToken(task, token, event, use);
  ports.onUse?.();
}

/** Reads the task strongly, with everything that it depends on: a suspended agent gets no further token. */
export async function readLive(path: TaskPath, ports: OpenNeeds): Promise<Lineage> {
  const task = await ports.tasks.read(path);
  const ended = new Refusal("task_ended");
  if (!task || !isLive(task, ports.clock.nowMs() / 1_000)) throw ended;
  return readLineage(await believeTask(task, ports, ended), ports);
}
