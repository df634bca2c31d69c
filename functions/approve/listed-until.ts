import type { ApprovalRecord } from "../core/approvals/approval-record.ts";
import { useWithinOf } from "../core/approvals/group-times.ts";
import { standsUntil } from "../core/approvals/standing-uses.ts";
import type { Deployment } from "../core/deployment/deployment.ts";

/** Computes the time until which an approval is listed for the people who gave it; epoch seconds. Until then it may be used, or a task may live under it. */
export const listedUntil = (record: ApprovalRecord, deployment: Deployment): number =>
  (standsUntil(record) ?? record.expires_at + useWithinOf(record, deployment)) + record.ttl;
