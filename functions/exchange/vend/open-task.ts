import { issueSessions } from "../../connectors/aws/issue-sessions.ts";
import { brand } from "../../core/brand.ts";
import type { IssuedCredential } from "../../core/connectors/connector.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { TaskRequest } from "../../core/tasks/task-request.ts";
import type { Caller } from "../../steps/requests/verify-identity.ts";
import { sealTask } from "../../steps/tasks/believe-task.ts";
import type { Grants } from "../../steps/tasks/grants.ts";
import { refuseKnownHalt } from "../../steps/tasks/refuse-halted.ts";
import { withdrawTask } from "../../steps/tasks/withdraw-task.ts";
import { issueConnected, type planConnected } from "./issue-connected.ts";
import type { OpenedTask, OpenNeeds } from "./opened-task.ts";
import { planTask } from "./plan-task.ts";
import { proveSessions } from "./prove-sessions.ts";
import { readBudgets } from "./read-budgets.ts";
import { idempotencyOf, recordTask } from "./record-task.ts";
import { reopenTask } from "./reopen-task.ts";
import { othersOf, refuseHeld } from "./take-labels.ts";

/**
 * Opens a task. Records it in one transaction, followed by strong reads, while STS issues the sessions; then connectors issue their credentials. All or
 * nothing: where any part fails, the credentials are dropped before anybody has them. A child is opened below the parent that its grants name.
 * @throws {Refusal} halted, budget_spent, label_conflict, agent_cooling_down, role_full, intent_too_large, token_replayed, idempotency_conflict, delegation_token_invalid,
 * agent_inactive, agent_changed, session_policy_unproven, session_policy_unknown, too_many_tasks, too_many_children, task_ended, those of connectors, and outages.
 */
export async function openTask(
  caller: Caller,
  request: TaskRequest,
  grants: Grants,
  ports: OpenNeeds,
): Promise<OpenedTask> {
  refuseKnownHalt(ports);
  // Read before STS is asked: a spent budget costs no session, and neither does a label that is held.
  const above = { person: caller.onBehalf, path: grants.parentScope?.parent.path };
  const [counted] = await Promise.all([
    readBudgets(caller, request, grants, ports),
    refuseHeld({ others: othersOf(grants, above, ports) }, ports),
  ]);
  if ("repeats" in counted) return repeatTask(counted.repeats, caller, request, grants, ports);
  const { task, token, planned, connecting, reads } = await planTask(caller, request, grants, ports);

  // STS takes longest, so its request is sent first. The record is sealed and written while STS works on its answer.
  const sealAndRecord = async () => {
    await ports.pause(0);
    return recordTask(await sealTask(task, ports), caller, request, grants, planned, counted, ports);
  };
  const prove = (current: Grants) => proveSessions(task, planned, reads, current, ports);
  const [issued, record, proven] = await Promise.allSettled([
    issueSessions(task, planned, ports),
    sealAndRecord(),
    prove(grants),
  ]);
  // The record's failure comes first: a replay, or a repeat, explains more to the caller than an outage of STS.
  if (record.status === "rejected") throw record.reason;
  if ("repeats" in record.value) return repeatTask(record.value.repeats, caller, request, grants, ports);
  if (proven.status === "rejected") return withdrawAndThrow(record.value.task, proven.reason, ports);
  if (issued.status === "rejected") return withdrawAndThrow(record.value.task, issued.reason, ports);
  const { task: recorded, grants: current } = record.value;
  if (current !== grants) await prove(current).catch((error) => withdrawAndThrow(recorded, error, ports));
  return brand<OpenedTask>({
    task: record.value.task,
    token,
    leases: issued.value,
    connected: await issueOrWithdraw(record.value.task, connecting, ports),
    denials: grants.denials,
    outlives: grants.outlives,
    ...answering(record.value.task, request),
    isNew: true,
  });
}

/** Names the request that the task answers, where it has a key. */
function answering(task: Task, request: TaskRequest): Pick<OpenedTask, "request"> {
  const idempotency = idempotencyOf(task, request);
  return idempotency ? { request: idempotency } : {};
}

/** Withdraws a task that is recorded and will not be handed out, and throws the error. */
async function withdrawAndThrow(task: Task, error: unknown, ports: OpenNeeds): Promise<never> {
  await withdrawTask(task, ports);
  throw error;
}

/** Issues the connectors' credentials, or withdraws the task. The task's end then revokes credentials that were issued. */
async function issueOrWithdraw(
  task: Task,
  connecting: Awaited<ReturnType<typeof planConnected>>,
  ports: OpenNeeds,
): Promise<readonly IssuedCredential[]> {
  try {
    return await issueConnected(connecting, ports);
  } catch (error) {
    return withdrawAndThrow(task, error, ports);
  }
}

/** Reopens the task of the first request with this idempotency key. If that task was withdrawn, opens a new one in its place. */
async function repeatTask(
  path: TaskPath,
  caller: Caller,
  request: TaskRequest,
  grants: Grants,
  ports: OpenNeeds,
): Promise<OpenedTask> {
  const isWithdrawn = async () => {
    const task = await ports.tasks.read(path);
    return task?.status === "withdrawn" && !(await ports.tasks.isAlive(task));
  };
  try {
    if (!(await isWithdrawn())) {
      const reopened = await reopenTask(path, caller, request, grants, ports);
      return { ...reopened, ...answering(reopened.task, request) };
    }
  } catch (error) {
    // The first request may have withdrawn the task while this one waited for its leases.
    if (!(error instanceof Refusal && error.code === "task_ended" && (await isWithdrawn()))) throw error;
  }
  return openTask(caller, { ...request, replaces: path }, grants, ports);
}
