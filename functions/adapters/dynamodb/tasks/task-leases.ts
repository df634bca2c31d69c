import type { Hold } from "../../../core/holds/holds.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { Refusal } from "../../../core/refusal.ts";
import type { TaskPath } from "../../../core/task-path.ts";
import type { ConnectorLease } from "../../../core/tasks/connector-lease.ts";
import type { SessionLease, Task } from "../../../core/tasks/task.ts";
import type { Idempotency, KeptSession } from "../../../core/tasks/tasks.ts";
import { holdWrites } from "../holds/dynamo-holds.ts";
import { confirmedWrite, goneWrite, reissuedWrite } from "../leases/dynamo-pending-revocations.ts";
import { roleWrites } from "../leases/role-items.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { Change, DynamoTable } from "../table/dynamo-table.ts";
import { keptWrite } from "./kept-sessions.ts";
import { changeTask, contended, taskEventWrite } from "./task-change.ts";
import { CONNECTED } from "./task-item.ts";
import { answeredWrite } from "./task-opening.ts";

/** Facts that are recorded before a task's credentials are handed out. */
interface Confirmed {
  readonly leases: readonly SessionLease[];
  readonly issued: readonly ConnectorLease[];
  readonly request: Idempotency | undefined;
  readonly kept: readonly KeptSession[];
}

/**
 * Records the leases as they were issued (`Tasks.confirm`).
 * @returns false where the task is not active, or a lease was issued anew meanwhile.
 */
export async function confirmLeases(
  table: DynamoTable,
  path: TaskPath,
  { leases, issued, request, kept }: Confirmed,
): Promise<boolean> {
  const change = confirmation(leases, issued);
  if (issued.length === 0 && kept.length === 0 && !request) return table.update(keys.task(path), change);
  const failed = await table.transact([
    table.updateWrite("task", keys.task(path), change),
    ...issued.map((lease) => confirmedWrite(table, lease)),
    ...kept.map((session) => keptWrite(table, path, session)),
    ...(request ? [answeredWrite(table, path, request, true)] : []),
  ]);
  return failed.length === 0;
}

/** Builds the confirming update; its conditions prevent an earlier answer from overwriting a later renewal of the lease. */
function confirmation(leases: readonly SessionLease[], issued: readonly ConnectorLease[]): Change {
  const each = [
    ...leases.map((lease, index) => ({
      set: `#leases.#n${index} = :l${index}`,
      where: `#leases.#n${index}.#event = :e${index}`,
      names: { leases: "leases", event: "event", [`n${index}`]: lease.name },
      values: { [`l${index}`]: lease, [`e${index}`]: lease.event },
    })),
    ...issued.map((lease, index) => ({
      set: `#connected.#c${index} = :c${index}`,
      where: `#connected.#c${index}.#startedAt = :s${index}`,
      names: { connected: CONNECTED, startedAt: "startedAt", [`c${index}`]: lease.name },
      values: { [`c${index}`]: lease, [`s${index}`]: lease.startedAt },
    })),
  ];
  return {
    set: `SET ${["#confirmed = :yes", ...each.map(({ set }) => set)].join(", ")}`,
    where: ["#status = :active", ...each.map(({ where }) => where)].join(" AND "),
    names: Object.assign({ status: "status", confirmed: "confirmed" }, ...each.map(({ names }) => names)),
    values: Object.assign({ active: "active", yes: true }, ...each.map(({ values }) => values)),
  };
}

/**
 * Records a lease under its new fence (`Tasks.renew`). The condition is that the renewed lease lists the recorded
 * access key, so that no key is lost. The head of the chain is not enough, since a confirmation records a key and adds
 * no event.
 */
export function renewLease(
  table: DynamoTable,
  task: Task,
  lease: SessionLease,
  event: JournalEvent,
  holds: readonly Hold[],
): Promise<void> {
  const inRole = task.leases.filter(({ account, role }) => account === lease.account && role === lease.role);
  const known = "attribute_not_exists(#leases.#lease.#accessKeyId)";
  const latest = lease.earlierKeyIds?.at(-1);
  const change = {
    set: "SET #leases.#lease = :lease, #seal = :seal",
    where: latest === undefined ? known : `(${known} OR #leases.#lease.#accessKeyId = :latest)`,
    names: { leases: "leases", lease: lease.name, seal: "seal", accessKeyId: "accessKeyId" },
    values: { lease, seal: task.seal, latest },
  };
  return changeTask(table, task, event, change, [
    ...roleWrites(table, task, [...inRole, lease]),
    ...holdWrites(table, holds),
  ]);
}

/** Records connector leases that are about to be issued anew (`Tasks.reissue`). */
export function reissueLeases(
  table: DynamoTable,
  task: Task,
  leases: readonly ConnectorLease[],
  event: JournalEvent,
  holds: readonly Hold[],
): Promise<void> {
  const names = Object.fromEntries(leases.map(({ name }, index) => [`c${index}`, name]));
  const change = {
    set: `SET ${leases.map((_, index) => `#connected.#c${index} = :c${index}`).join(", ")}`,
    names: { ...names, connected: CONNECTED },
    values: Object.fromEntries(leases.map((lease, index) => [`c${index}`, lease])),
  };
  const writes = leases.map((lease) => reissuedWrite(table, lease));
  return changeTask(table, task, event, change, [...writes, ...holdWrites(table, holds)]);
}

/** Records that a connector lease is gone, whatever the task's status (`Tasks.recordRevoked`). */
export async function recordRevoked(
  table: DynamoTable,
  task: Task,
  lease: ConnectorLease,
  event: JournalEvent,
): Promise<void> {
  const failed = await table.transact([
    table.updateWrite("task", keys.task(task.path), {
      set: "SET #connected.#lease = :lease, #chain = :chain",
      where: "#chain.#n = :n",
      names: { connected: CONNECTED, lease: lease.name, chain: "chain", n: "n" },
      values: { lease: revokedAt(lease, event), chain: { n: event.n, hash: event.hash }, n: task.chain.n },
    }),
    taskEventWrite(table, task.path, event),
    goneWrite(table, lease),
  ]);
  if (failed.length > 0) throw contended(failed);
}

/** Refuses a confirmation whose condition failed. @throws {Refusal} the reason, from the task as it is now. */
export function refuseUnconfirmed(task: Task | undefined): never {
  const mayTryAgain = task?.status === "active" || task?.status === "withdrawn";
  throw mayTryAgain ? new Refusal("contended", { retryAfterSeconds: 1 }) : new Refusal("task_ended");
}

/** Marks a lease as revoked by the event, and drops the sealed secrets that only a revocation needs. */
const revokedAt = ({ sealed: _, ...lease }: ConnectorLease, { at }: JournalEvent): ConnectorLease => ({
  ...lease,
  state: "revoked",
  revokedAt: Math.floor(at / 1_000),
});
