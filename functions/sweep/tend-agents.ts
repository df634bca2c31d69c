import { checkAgents } from "../steps/check-agents.ts";
import { finishOffboardings } from "../steps/finish-offboardings.ts";
import type { SweepPorts } from "./sweep.ts";

/** What has to happen to agents though nobody asks; an outage of one part does not keep the other. */
export async function tendAgents(ports: SweepPorts): Promise<void> {
  const [offboardings, checks] = await Promise.allSettled([finishOffboardings(ports), checkAgents(ports)]);
  if (offboardings.status === "rejected") throw offboardings.reason;
  if (checks.status === "rejected") throw checks.reason;
}
