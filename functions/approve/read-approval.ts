import type { Approval } from "../../contract/approvals.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { approvalFor } from "./approval-for.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import { describeApproval } from "./describe-approval.ts";
import { describeNotices } from "./describe-notices.ts";

/** Answers `GET /v1/approvals/{approval}` with the record that people decide about and its hash, and never with a vote's token. */
export const readApproval = (event: HttpEvent, ports: ApprovePorts): Promise<HttpAnswer> =>
  operation<Approval>(event, ports, async (operator) => {
    const examined = await approvalFor(operator, event.pathParameters?.approval ?? "", ports);
    const notices = await describeNotices(examined, ports);
    return {
      ...describeApproval(examined, operator, ports.deployment),
      ...(notices.length > 0 ? { notices } : {}),
    };
  });
