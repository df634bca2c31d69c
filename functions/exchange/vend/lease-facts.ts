import { createHash } from "node:crypto";
import type { PlannedLease } from "../../connectors/aws/plan-leases.ts";

/** Describes a lease that is about to be issued, for a journal event. The hash is of the session policy that goes to AWS; no other record has it. */
export const leaseFacts = ({ lease: { name, account, role, fenceAt }, policy }: PlannedLease) => ({
  name,
  account,
  role,
  fence_at: fenceAt,
  policy_sha256: createHash("sha256").update(policy).digest("base64url"),
});
