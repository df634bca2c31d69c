import { Refusal } from "../../core/refusal.ts";
import { confirmLeases, type Issued } from "../vend/confirm-leases.ts";
import type { OpenedTask } from "../vend/opened-task.ts";
import { type AskNeeds, approvalNow } from "./approval-now.ts";
import { type AskingTask, settleApproval, stillWaiting } from "./settle-approval.ts";

/**
 * Uses an approval for a request for one lease's credentials. Returns undefined where it was used before. A task with more than AWS sessions waits for a
 * poll, since this answer has no place for connectors' credentials.
 * @throws {Refusal} lease_unknown for a lease that is not in the approval's record, and as `settleApproval`.
 */
export async function useForLease(
  task: AskingTask,
  name: string,
  sourceIp: string | undefined,
  ports: AskNeeds,
): Promise<Issued<OpenedTask> | undefined> {
  const now = await approvalNow(task, ports);
  if (now.state === "used") return undefined;
  if (now.record && !Object.hasOwn(now.record.session_policies, name)) throw new Refusal("lease_unknown");
  if (now.record?.grants.some(({ type }) => type !== "aws" && type !== "tool")) throw stillWaiting(task, now, ports);
  const opened = await settleApproval(task, sourceIp, ports);
  return opened && (await confirmLeases(opened, ports));
}
