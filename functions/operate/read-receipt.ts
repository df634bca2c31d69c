import { isSamePerson } from "../core/identity/person.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { Receipt } from "../core/revocation/receipt.ts";
import type { Task } from "../core/tasks/task.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { gatherReceipt, type ReceiptNeeds } from "../steps/tasks/gather-receipt.ts";
import { taskFor } from "./task-for.ts";

export interface ReceiptPorts extends Ports, ReceiptNeeds {}

/**
 * `GET /v1/tasks/{task}/receipt`: when it ended, when IAM had a policy that denies each of its leases, and when AWS was seen to refuse. The person for
 * whom the task acts reads it, too.
 */
export const readReceipt = (event: HttpEvent, ports: ReceiptPorts): Promise<HttpAnswer> =>
  operation(event, ports, async (operator): Promise<Receipt & Readonly<Record<string, unknown>>> => {
    const isTheirs = ({ onBehalf }: Task) => onBehalf !== undefined && isSamePerson(onBehalf, operator.person);
    const path = await taskFor(operator, "valetkey:ReadReceipt", event.pathParameters?.task ?? "", ports, isTheirs);
    const record = await ports.tasks.record(path);
    const task = record.tasks.find((each) => each.path === path);
    if (!task) throw new Refusal("task_unknown");
    return { ...(await gatherReceipt(task, record, ports.clock.nowMs() / 1_000, ports)) };
  });
