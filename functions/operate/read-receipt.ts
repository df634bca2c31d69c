import type { Receipt } from "../../contract/receipts.ts";
import { isSamePerson } from "../core/identity/person.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { TaskPath } from "../core/task-path.ts";
import type { Task } from "../core/tasks/task.ts";
import type { TaskRecord } from "../core/tasks/tasks.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { gatherReceipt, type ReceiptNeeds } from "../steps/tasks/gather-receipt.ts";
import { taskFor } from "./task-for.ts";

export type ReceiptPorts = Ports & ReceiptNeeds;

/**
 * Answers `GET /v1/tasks/{task}/receipt` with the times of the task's end, of IAM's policy against each lease, and of AWS's observed refusal. The person for
 * whom the task acts may read it too. With `?below=false` it lists no task below.
 */
export const readReceipt = (event: HttpEvent, ports: ReceiptPorts): Promise<HttpAnswer> =>
  operation<Receipt>(event, ports, async (operator) => {
    const isTheirs = ({ onBehalf }: Task) => onBehalf !== undefined && isSamePerson(onBehalf, operator.person);
    const path = await taskFor(operator, "valetkey:ReadReceipt", event.pathParameters?.task ?? "", ports, isTheirs);
    const wanted = new URLSearchParams(event.rawQueryString ?? "").get("below") ?? "true";
    if (wanted !== "true" && wanted !== "false")
      throw new Refusal("malformed_request", { say: "below must be true or false." });
    const record = wanted === "true" ? await ports.tasks.record(path) : await ownRecord(path, ports);
    const task = record.tasks.find((each) => each.path === path);
    if (!task) throw new Refusal("task_unknown");
    const { below, ...receipt } = await gatherReceipt(task, record, ports.clock.nowMs() / 1_000, ports);
    return { ...receipt, ...(wanted === "true" ? { below } : {}) };
  });

/** Reads the record of a task alone. A page may read it each second, while the task has thousands of tasks below it. */
async function ownRecord(path: TaskPath, { tasks }: Pick<Ports, "tasks">): Promise<TaskRecord> {
  const [task, events] = await Promise.all([tasks.read(path), tasks.history(path)]);
  return { tasks: task ? [task] : [], events };
}
