import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import type { Tally } from "../../steps/approvals/verify-votes.ts";

/** Describes an approval to the agent: the votes that it needs, and those that it has. */
export const describeApproval = (
  { id, needed, expires_at: expiresAt }: Pick<ApprovalRecord, "id" | "needed" | "expires_at">,
  hash: string,
  filled: Tally["filled"],
  deployment: Pick<Deployment, "url" | "console">,
) => ({
  id,
  hash,
  needed: needed.map(({ group, count }) => ({
    group,
    count,
    have: filled.find((each) => each.group === group)?.people.length ?? 0,
  })),
  expires_at: isoSeconds(expiresAt),
  url: deployment.console ? `${deployment.console.url}/approvals/${id}` : `${deployment.url}/v1/approvals/${id}`,
});
