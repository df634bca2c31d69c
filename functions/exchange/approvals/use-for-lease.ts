import { RATE_LIMITS } from "../../../contract/limits.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { secondsToNextMinute } from "../../core/rate-limit.ts";
import { Refusal } from "../../core/refusal.ts";
import { confirmLeases, type Issued } from "../vend/confirm-leases.ts";
import type { OpenedTask } from "../vend/opened-task.ts";
import { type AskNeeds, isApprovalUsed } from "./approval-now.ts";
import { type AskingTask, settleApproval, stillWaiting } from "./settle-approval.ts";

/**
 * Uses an approval for a request for one lease's credentials. Returns undefined where it was used before. A task with more than AWS sessions waits for a
 * poll, since this answer has no place for connectors' credentials.
 * @throws {Refusal} slow_down, lease_unknown for a lease that is not in the approval's record, and as `settleApproval`.
 */
export async function useForLease(
  task: AskingTask,
  name: string,
  sourceIp: string | undefined,
  ports: AskNeeds & Pick<SealingPorts, "rateLimits">,
): Promise<Issued<OpenedTask> | undefined> {
  if (ports.rateLimits.isOver(task.path, "fetch")) throw tooFast(ports);
  if (await isApprovalUsed(task, ports)) return undefined;
  // Counted before the votes are read and verified, which is most of the work.
  if (!(await ports.rateLimits.count(task.path, "fetch", RATE_LIMITS.fetch))) throw tooFast(ports);
  const opened = await settleApproval(task, sourceIp, ports, (now) => {
    if (now.record && !Object.hasOwn(now.record.session_policies, name)) throw new Refusal("lease_unknown");
    if (now.record?.grants.some(({ type }) => type !== "aws" && type !== "tool")) throw stillWaiting(task, now, ports);
  });
  return opened && (await confirmLeases(opened, ports));
}

const tooFast = ({ clock }: Pick<AskNeeds, "clock">): Refusal =>
  new Refusal("slow_down", { retryAfterSeconds: secondsToNextMinute(clock.nowMs()) });
