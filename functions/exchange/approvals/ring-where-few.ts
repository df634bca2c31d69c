import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import { excludedPeople } from "../../core/approvals/excluded-people.ts";
import { fillable } from "../../core/approvals/fillable.ts";
import type { KnownAgent } from "../../core/identity/agent.ts";
import type { Ports } from "../../core/ports.ts";

/**
 * Rings an alarm if fewer people may vote on a request than its votes and one to spare. The agent's owner, those who shaped it, and the person it acts
 * for are excluded. Only groups that list `persons` are counted: only the issuer knows the people of a group by claim.
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
