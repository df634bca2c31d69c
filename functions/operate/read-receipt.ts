import type { Receipt } from "../../contract/receipts.ts";
import { isSamePerson } from "../core/identity/person.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { SignedCallLog, SignedCalls } from "../core/signing/signed-calls.ts";
import type { TaskPath } from "../core/task-path.ts";
import type { Task } from "../core/tasks/task.ts";
import type { TaskRecord } from "../core/tasks/tasks.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { gatherReceipt, type ReceiptNeeds } from "../steps/tasks/gather-receipt.ts";
import { taskFor } from "./task-for.ts";

export type ReceiptPorts = Ports & ReceiptNeeds & { readonly signedCalls: Pick<SignedCallLog, "list"> };

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
    const [{ below, ...receipt }, signed] = await Promise.all([
      gatherReceipt(task, record, ports.clock.nowMs() / 1_000, ports),
      task.leases.some(({ delivery }) => delivery === "sign") ? ports.signedCalls.list(path) : [],
    ]);
    const leases = receipt.leases.map((lease) => withSigned(lease, signed));
    return { ...receipt, leases, ...(wanted === "true" ? { below } : {}) };
  });

type Leases = Receipt["leases"];

/** Adds to a session's receipt what the hub signed by it. */
function withSigned(lease: Leases[number], signed: readonly SignedCalls[]): Leases[number] {
  const found = signed.find((each) => each.lease === lease.name);
  if (!found || !("fence_at" in lease)) return lease;
  const calls = [...found.operations].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...lease,
    signed: {
      count: found.count,
      last_at: new Date(found.lastAtMs).toISOString(),
      calls: calls.map(([operation, count]) => ({ operation, count })),
    },
  };
}

/** Reads the record of a task alone. A page may read it each second, while the task has thousands of tasks below it. */
async function ownRecord(path: TaskPath, { tasks }: Pick<Ports, "tasks">): Promise<TaskRecord> {
  const [task, events] = await Promise.all([tasks.read(path), tasks.history(path)]);
  return { tasks: task ? [task] : [], events };
}
