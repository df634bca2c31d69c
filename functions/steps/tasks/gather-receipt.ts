import type { RoleLoads } from "../../core/revocation/load.ts";
import type { Observations } from "../../core/revocation/observation.ts";
import type { PolicyWrites } from "../../core/revocation/policy-writes.ts";
import { endingOf, type Receipt, receiptOf, type WriteOf } from "../../core/revocation/receipt.ts";
import { SETTLED_SECONDS } from "../../core/revocation/role-entry.ts";
import type { RoleRef } from "../../core/revocation/roles.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { TaskRecord } from "../../core/tasks/tasks.ts";
import { outagesAmong } from "../revocation/outages-among.ts";

/**
 * Upper bound on the policy writes that are read of one role: half a minute's, in a role with an ending each second.
 * They include the write that names the ending, and the first that need not name it.
 */
const WRITES_READ = 60;

export interface ReceiptNeeds {
  readonly policyWrites: Pick<PolicyWrites, "after">;
  readonly observations: Pick<Observations, "of">;
  readonly loads: Pick<RoleLoads, "writes">;
}

/** Writes that were already read for other tasks, since many tasks end in one role at one moment. */
export type KnownWrites = Map<string, Promise<readonly WriteOf[]>>;

/**
 * Gathers the receipt of a task from its record, the writes of its roles' policies, and the observations of probes.
 * @param record records of the task and of all tasks below it.
 */
export async function gatherReceipt(
  task: Task,
  record: TaskRecord,
  nowSeconds: number,
  ports: ReceiptNeeds,
  known: KnownWrites = new Map(),
): Promise<Receipt> {
  const ended = endingOf(task, record);
  const roles = ended ? rolesOf(task.leases) : [];
  const [writes, observed, outages] = await Promise.all([
    Promise.all(roles.map((role) => writesSince(role, ended?.at ?? 0, ports, known))),
    roles.length === 0 ? [] : ports.observations.of(task.path),
    outagesAmong(roles, nowSeconds * 1_000, ports),
  ]);
  return receiptOf(task, record, writes.flat(), nowSeconds, observed, outages);
}

/**
 * Reads the policy writes that may be the first to deny a task that ended in that second: writes that may name the
 * task, and the first writes that need not.
 */
function writesSince(
  role: RoleRef,
  endedAtMs: number,
  { policyWrites }: Pick<ReceiptNeeds, "policyWrites">,
  known: KnownWrites,
): Promise<readonly WriteOf[]> {
  const secondMs = Math.floor(endedAtMs / 1_000) * 1_000;
  const name = `${role.account}/${role.role}/${secondMs}`;
  const read = async () => {
    const [near, settled] = await Promise.all([
      policyWrites.after(role, secondMs - 1, WRITES_READ),
      policyWrites.after(role, secondMs + SETTLED_SECONDS * 1_000 - 1, WRITES_READ),
    ]);
    return [...near, ...settled].map((write) => ({ role, write }));
  };
  const reading = known.get(name) ?? read();
  known.set(name, reading);
  return reading;
}

/** Each role once: two leases may be in the same one. */
const rolesOf = (leases: readonly RoleRef[]): readonly RoleRef[] => [
  ...new Map(leases.map(({ account, role }) => [`${account}/${role}`, { account, role }])).values(),
];
