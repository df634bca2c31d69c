import { type CheckNeeds, checkAgents } from "./check-agents.ts";
import { type FinishOffboardingsNeeds, finishOffboardings } from "./finish-offboardings.ts";
import { type FinishSuspensionsNeeds, finishSuspensions } from "./finish-suspensions.ts";
import { type SuspendUnreviewedNeeds, suspendUnreviewed } from "./suspend-unreviewed.ts";

export type TendNeeds = CheckNeeds & FinishOffboardingsNeeds & FinishSuspensionsNeeds & SuspendUnreviewedNeeds;

/** Makes the changes of agents that no request triggers. An outage of one part does not block the others. */
export async function tendAgents(ports: TendNeeds): Promise<void> {
  const [offboardings, suspensions, checks, unreviewed] = await Promise.allSettled([
    finishOffboardings(ports),
    finishSuspensions(ports),
    checkAgents(ports),
    suspendUnreviewed(ports),
  ]);
  if (offboardings.status === "rejected") throw offboardings.reason;
  if (suspensions.status === "rejected") throw suspensions.reason;
  if (checks.status === "rejected") throw checks.reason;
  if (unreviewed.status === "rejected") throw unreviewed.reason;
}
