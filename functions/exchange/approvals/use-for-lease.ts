import { Refusal } from "../../core/refusal.ts";
import { confirmLeases, type Issued } from "../vend/confirm-leases.ts";
import type { OpenedTask } from "../vend/opened-task.ts";
import { type AskNeeds, approvalNow } from "./approval-now.ts";
import { type AskingTask, settleApproval, stillWaiting } from "./settle-approval.ts";

/**
 * Uses an approval for a request for one lease's credentials; undefined where it was used before. A task that gets more than AWS sessions waits for a
 * poll, since this answer could not hold what connectors issue.
 * @throws {Refusal} lease_unknown for a lease that nobody was asked about, and as `settleApproval`.
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
