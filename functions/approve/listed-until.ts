import type { ApprovalRecord } from "../core/approvals/approval-record.ts";
import { useWithinOf } from "../core/approvals/group-times.ts";
import { standsUntil } from "../core/approvals/standing-uses.ts";
import type { Deployment } from "../core/deployment/deployment.ts";

/** Computes the time until which an approval is listed for who gave it: until then it may be used, or a task live under it; epoch seconds. */
export const listedUntil = (record: ApprovalRecord, deployment: Deployment): number =>
  (standsUntil(record) ?? record.expires_at + useWithinOf(record, deployment)) + record.ttl;
