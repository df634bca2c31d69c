import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import { excludedPeople } from "../../core/approvals/excluded-people.ts";
import { fillable } from "../../core/approvals/fillable.ts";
import type { KnownAgent } from "../../core/identity/agent.ts";
import type { Ports } from "../../core/ports.ts";

/**
 * Rings where a request waits for groups that list `persons`, and those who may vote on it are fewer than the votes and one to spare: its owner, who
 * shaped the agent and the person whom it acts for may not. Of a group by claim its issuer alone knows the people, so nothing is said of it.
 */
export function ringWhereFew(
  { needed, person, task }: ApprovalRecord,
  agent: KnownAgent,
  { deployment, clock, log }: Pick<Ports, "deployment" | "clock" | "log">,
): void {
  const { approvers = [], issuers } = deployment;
  const nowSeconds = clock.nowMs() / 1_000;
  const excluded = excludedPeople([agent], person ? [person] : [], needed, issuers, nowSeconds);
  const { isFillable, irreplaceable } = fillable(needed, approvers, excluded);
  if (isFillable && irreplaceable.length === 0) return;
  const why = isFillable ? "nobody to spare" : "too few may vote";
  log.write({ level: "error", event: "approvers_few", agent: agent.id, task, why });
}
