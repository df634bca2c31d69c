import type { PathsOf } from "../http/paths.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import { decide } from "./decide.ts";
import { listApprovals } from "./list-approvals.ts";
import { listEarlier } from "./list-earlier.ts";
import { readApproval } from "./read-approval.ts";
import { withdraw } from "./withdraw.ts";

/** Paths of `approve`, by their routes. */
export const PATHS = {
  "GET /v1/approvals": listApprovals,
  "GET /v1/approvals/{approval}": readApproval,
  "GET /v1/approvals/{approval}/earlier": listEarlier,
  "POST /v1/approvals/{approval}/decide": decide,
  "POST /v1/approvals/{approval}/withdraw": withdraw,
} as const satisfies PathsOf<"approve", ApprovePorts>;
