import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { SETTLED_SECONDS } from "../core/revocation/endings-seen.ts";
import type { Observations } from "../core/revocation/observations.ts";
import type { PolicyWrites } from "../core/revocation/policy-writes.ts";
import { endingOf, type Receipt, receiptOf, type WriteOf } from "../core/revocation/receipt.ts";
import type { RoleRef } from "../core/revocation/role-ref.ts";
import type { TaskPath } from "../core/tasks/path.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { taskFor } from "./task-for.ts";

/** How many writes of one role are looked through for the one that names the ending: in a role with an ending each second, half a minute's. */
const WRITES_READ = 60;

export interface ReceiptPorts extends Ports {
  readonly policyWrites: Pick<PolicyWrites, "after">;
  readonly observations: Pick<Observations, "of">;
}

/** `GET /v1/tasks/{task}/receipt`: when it ended, when IAM had a policy that denies each of its leases, and when AWS was seen to refuse. */
export const readReceipt = (event: HttpEvent, ports: ReceiptPorts): Promise<HttpAnswer> =>
  operation(event, ports, async (operator): Promise<Receipt & Readonly<Record<string, unknown>>> => {
    const path = await taskFor(operator, "valetkey:ReadReceipt", event.pathParameters?.task ?? "", ports);
    return { ...(await gatherReceipt(path, ports)) };
  });

/** @throws {Refusal} task_unknown */
async function gatherReceipt(
  path: TaskPath,
  ports: Pick<ReceiptPorts, "tasks" | "policyWrites" | "observations" | "clock">,
): Promise<Receipt> {
  const record = await ports.tasks.record(path);
  const task = record.tasks.find((each) => each.path === path);
  if (!task) throw new Refusal("task_unknown");
  const ended = endingOf(task, record);
  const roles = ended ? rolesOf(task.leases) : [];
  const [writes, observed] = await Promise.all([
    Promise.all(roles.map((role) => writesSince(role, ended?.at ?? 0, ports))),
    roles.length === 0 ? [] : ports.observations.of(path),
  ]);
  return receiptOf(task, record, writes.flat(), ports.clock.nowMs() / 1_000, observed);
}

/** The writes that may be the first to deny what ended then: those that may name it, and the first that need not. */
async function writesSince(
  role: RoleRef,
  endedAtMs: number,
  { policyWrites }: Pick<ReceiptPorts, "policyWrites">,
): Promise<readonly WriteOf[]> {
  const [near, settled] = await Promise.all([
    policyWrites.after(role, endedAtMs - 1, WRITES_READ),
    policyWrites.after(role, endedAtMs + SETTLED_SECONDS * 1_000 - 1, 1),
  ]);
  return [...near, ...settled].map((write) => ({ role, write }));
}

/** Each role once: two leases may be in the same one. */
const rolesOf = (leases: readonly RoleRef[]): readonly RoleRef[] => [
  ...new Map(leases.map(({ account, role }) => [`${account}/${role}`, { account, role }])).values(),
];
