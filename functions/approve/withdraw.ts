import type { Decided } from "../../contract/approvals.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { approvalFor } from "./approval-for.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import { decidedFacts, decisionEvent } from "./decision-event.ts";
import { describeNeeded } from "./describe-approval.ts";
import { lastUseOf, leaveInboxes } from "./leave-inboxes.ts";
import { ineligible, refuseClosed } from "./refuse-decision.ts";
import { voterOf } from "./voter-of.ts";

/**
 * Answers `POST /v1/approvals/{approval}/withdraw`: a person withdraws their approval. The withdrawal ends the request, or the uses that are left of a
 * standing approval. The body is ignored.
 */
export const withdraw = (event: HttpEvent, ports: ApprovePorts): Promise<HttpAnswer> =>
  operation<Decided>(event, ports, async (operator) => {
    const examined = await approvalFor(operator, event.pathParameters?.approval ?? "", ports);
    refuseClosed(examined, "against");
    const { record, hash } = examined;
    if (!voterOf(operator, examined, ports.deployment).hasVoted) throw ineligible("not_voted", record);
    const withdrawn = decisionEvent("approval.withdrawn", ports, decidedFacts(record, operator.id, hash));
    const at = Math.floor(ports.clock.nowMs() / 1_000);
    const outcome = { decision: "withdrawn", by: operator.person, at } as const;
    const decided = await ports.ballots.putOutcome(record.id, outcome, withdrawn, lastUseOf(record));
    if (decided !== "recorded") refuseClosed({ state: decided === "used" ? "used" : "denied" });
    await leaveInboxes(examined, ports);
    return { status: "withdrawn", needed: describeNeeded(examined) };
  });
