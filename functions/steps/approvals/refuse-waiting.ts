import type { Ports } from "../../core/ports.ts";
import type { BelievedTask } from "../tasks/believe-task.ts";
import { usedRecord } from "./approve-grants.ts";

/**
 * Refuses a task that waits for people: nothing is derived from it before they have approved it.
 * @throws {Refusal} authorization_pending, task_ended, contended, store_unavailable.
 */
export async function refuseWaiting(
  task: BelievedTask,
  ports: Pick<Ports, "approvals" | "tasks" | "seals" | "log">,
): Promise<void> {
  if (task.approval) await usedRecord(task, task.approval, ports);
}
