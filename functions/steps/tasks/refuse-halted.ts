import type { Ports, SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { deadBefore, isHalted, type Panic } from "../../core/revocation/panic.ts";
import type { SessionLease, Task } from "../../core/tasks/task.ts";

/**
 * Refuses while everything is halted, and refuses a task from before the latest panic was lifted.
 * @param panic latest panic, read strongly just now.
 * @throws {Refusal} halted, task_ended.
 */
export function refuseIfHalted(
  panic: Panic | undefined,
  tasks: readonly Pick<Task, "openedAt">[],
  nowSeconds: number,
): void {
  if (isHalted(panic, nowSeconds)) throw new Refusal("halted");
  if (tasks.some(({ openedAt }) => openedAt < deadBefore(panic)))
    throw new Refusal("task_ended", { why: "from before a panic was lifted" });
}

/** `refuseIfHalted` for one task, reading the panic now; for requests that issue only a weaker token. @throws {Refusal} halted, task_ended, store_unavailable. */
export async function refuseHalted(
  task: Pick<Task, "openedAt">,
  ports: Pick<Ports, "panics" | "clock">,
): Promise<void> {
  refuseIfHalted(await ports.panics.read(), [task], ports.clock.nowMs() / 1_000);
}

/**
 * Refuses where an account of the leases is halted, by a strong read. Call it beside the other reads after the record
 * was written, so that no request after the halt is issued anything.
 * @throws {Refusal} account_halted, store_unavailable.
 */
export async function refuseHaltedAccounts(
  leases: readonly Pick<SessionLease, "account">[],
  { accountHalts }: Pick<SealingPorts, "accountHalts">,
): Promise<void> {
  const [halted] = await accountHalts.read(leases.map(({ account }) => account));
  if (halted) throw new Refusal("account_halted", { say: `It is ${halted.account}.`, why: halted.by });
}

/**
 * Refuses where this process's memory knows of a panic, before anything is issued or written. Memory never allows anything.
 * @throws {Refusal} halted.
 */
export function refuseKnownHalt(ports: Pick<Ports, "panics">): void {
  if (ports.panics.isKnown()) throw new Refusal("halted");
}
