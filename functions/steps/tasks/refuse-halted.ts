import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { deadBefore, isHalted, type Panic } from "../../core/revocation/panic.ts";
import type { Task } from "../../core/tasks/task.ts";

/**
 * Becomes true where nobody has halted everything, and none of the tasks is from before it was lifted.
 * @param panic the latest, as it was read just now, strongly.
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

/** The same of one task, read now: for what only a weaker token is made of. @throws {Refusal} halted, task_ended, store_unavailable. */
export async function refuseHalted(
  task: Pick<Task, "openedAt">,
  ports: Pick<Ports, "panics" | "clock">,
): Promise<void> {
  refuseIfHalted(await ports.panics.read(), [task], ports.clock.nowMs() / 1_000);
}

/**
 * The same from memory, before anything is issued or written: whether this process knows already. It allows nothing.
 * @throws {Refusal} halted.
 */
export function refuseKnownHalt(ports: Pick<Ports, "panics">): void {
  if (ports.panics.isKnown()) throw new Refusal("halted");
}
