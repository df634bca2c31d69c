import type { RefusalCode } from "../../../contract/refusals.ts";
import type { PlannedLease } from "../../connectors/aws/plan-leases.ts";
import { budgetText } from "../../core/budgets/budget.ts";
import type { CountedBudget, Spending } from "../../core/budgets/budgets.ts";
import { budgetsIn } from "../../core/delegation/inherited-terms.ts";
import { personId } from "../../core/identity/person.ts";
import { EMPTY_CHAIN, headOf, nextEvent } from "../../core/journal/event.ts";
import { Refusal } from "../../core/refusal.ts";
import { parentOf } from "../../core/task-path.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { TaskRequest } from "../../core/tasks/task-request.ts";
import type { DelegationUse, Idempotency, Opened } from "../../core/tasks/tasks.ts";
import type { Caller } from "../../steps/requests/verify-identity.ts";
import type { BelievedTask } from "../../steps/tasks/believe-task.ts";
import type { Grants } from "../../steps/tasks/grants.ts";
import { withdrawTask } from "../../steps/tasks/withdraw-task.ts";
import { checkOpened } from "./check-opened.ts";
import { budgetsOf, countGrant } from "./count-grant.ts";
import { leaseFacts } from "./lease-facts.ts";
import type { OpenNeeds } from "./opened-task.ts";
import { takingOf } from "./take-labels.ts";

/**
 * Records the task with its event, what budgets count, and what its keys hold, in one transaction. Then makes the reads that must follow the write. A failure withdraws the task.
 * @param counted budgets of the grant, as they were read.
 * @returns the recorded task with the grants as `grantsNow` returns them, or the path of the task that was opened before with the same idempotency key.
 */
export async function recordTask(
  task: BelievedTask,
  caller: Caller,
  request: TaskRequest,
  grants: Grants,
  planned: readonly PlannedLease[],
  counted: readonly CountedBudget[],
  ports: OpenNeeds,
): Promise<{ readonly task: Task; readonly grants: Grants } | Exclude<Opened, { opened: true }>> {
  const taking = takingOf(grants, task, { sessions: planned, connected: task.connectorLeases ?? [] }, ports);
  const held = budgetsOf(grants, task.onBehalf, task.path);
  const event = nextEvent(EMPTY_CHAIN, task.path, "task.opened", ports.clock.nowMs(), {
    agent: task.agent,
    subject: task.subject,
    parent: parentOf(task.path),
    chain: task.delegated?.chain,
    on_behalf_of: task.onBehalf && personId(task.onBehalf),
    consent: task.onBehalf?.consent?.id,
    server: request.shownTo,
    purpose: task.purpose,
    details: task.details,
    expires_at: task.expiresAt,
    policies: grants.policies,
    shadows: grants.shadows.length > 0 ? grants.shadows : undefined,
    denials: grants.denials.length > 0 ? grants.denials : undefined,
    outlives:
      grants.outlives.length > 0 ? grants.outlives.map(({ action, target }) => ({ action, target })) : undefined,
    threat_model: grants.isUnaccepted ? "unaccepted" : undefined,
    budgets: held.length > 0 ? budgetsIn(grants.terms).map(budgetText) : undefined,
    labels: grants.labels.length > 0 ? grants.labels : undefined,
    bundle: ports.policies.hash,
    leases: planned.map(leaseFacts),
    connector_leases: task.connectorLeases?.map(({ name, type, expiresAt, made }) => ({
      name,
      type,
      expires_at: expiresAt,
      made,
    })),
    source_ip: request.sourceIp,
    request: request.requestId,
  });
  const linked: BelievedTask = { ...task, chain: headOf(event) };
  const idempotency = idempotencyOf(task, request);
  try {
    const open = (spendings: readonly Spending[]) =>
      ports.tasks.open(linked, event, caller.use, idempotency, delegationUse(task, grants), {
        spendings,
        holds: taking.holds,
      });
    ports.onTake?.(task.path, taking.holds);
    const opened = await countGrant(task.path, held, counted, idempotency, open, ports);
    if ("repeats" in opened) return opened;
  } catch (error) {
    if (mayBeWritten(error)) await withdrawTask(linked, ports);
    throw error;
  }
  ports.onUse?.();
  return { task: linked, grants: await checkOpened(linked, grants, ports, taking) };
}

/** Limits the request's idempotency key to the workload, and to the person it acts for. */
export function idempotencyOf(
  task: Pick<Task, "agent" | "subject" | "facts" | "onBehalf">,
  { idempotencyKey: key, requestHash, replaces }: TaskRequest,
): Idempotency | undefined {
  // Includes the claims that policy reads: two workloads of one subject (branches of a repository) must not share requests.
  // Includes the person: no request for one person repeats a request for another.
  const person = task.onBehalf ? [personId(task.onBehalf)] : [];
  const subject = JSON.stringify([task.subject, task.facts.claims, ...person]);
  const scope = { agent: task.agent, subject, requestHash, ...(replaces ? { replaces } : {}) };
  return key === undefined ? undefined : { ...scope, key };
}

/** True unless the opening transaction's error proves that nothing was written. */
export const mayBeWritten = (error: unknown): boolean => !(error instanceof Refusal && NOTHING_WRITTEN.has(error.code));

/**
 * Refusals by which the transaction wrote nothing, so that nothing must be withdrawn. After an outage the write may have happened. If the path was taken,
 * the record at it is another task's.
 */
const NOTHING_WRITTEN = new Set<RefusalCode>([
  "token_replayed",
  "idempotency_conflict",
  "task_ended",
  "delegation_token_invalid",
  "person_ended",
  "consent_ended",
  "budget_spent",
  "contended",
]);

function delegationUse({ agent }: Task, { parentScope }: Grants): DelegationUse | undefined {
  if (!parentScope) return undefined;
  if (!parentScope.delegation) throw new RangeError("a child is opened with a delegation");
  const { hash, listed } = parentScope.delegation;
  return { parent: parentScope.parent.path, hash, agent, ...(listed ? { listed } : {}) };
}
