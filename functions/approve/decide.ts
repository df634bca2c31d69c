import type { Decided } from "../../contract/approvals.ts";
import { canonicalJson } from "../../contract/canonical-json.ts";
import { RATE_LIMITS } from "../../contract/limits.ts";
import { type ApprovalRecord, glassNonce, voteNonce } from "../core/approvals/approval-record.ts";
import { askedGroups } from "../core/approvals/asked-groups.ts";
import { exclusionOf } from "../core/approvals/fill-slots.ts";
import { useWithinOf } from "../core/approvals/group-times.ts";
import { standsUntil } from "../core/approvals/standing-uses.ts";
import type { StoredVote } from "../core/approvals/stored-approval.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { isSamePerson } from "../core/identity/person.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readJson, type Wanted } from "../http/read-body.ts";
import { operation } from "../operators/operation.ts";
import { ONE } from "../steps/approvals/assess-approval.ts";
import { authoriseApproval } from "../steps/approvals/authorise-approval.ts";
import { tokenSigned } from "../steps/approvals/token-signed.ts";
import { verifyVote } from "../steps/approvals/verify-votes.ts";
import { voteFault } from "../steps/approvals/vote-fault.ts";
import { countAgainstLimit } from "../steps/requests/count-against-limit.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { approvalFor } from "./approval-for.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import { decidedFacts, decisionEvent } from "./decision-event.ts";
import { describeNeeded } from "./describe-approval.ts";
import { type Examined, examineApproval } from "./examine-approval.ts";
import { lastUseOf, leaveInboxes } from "./leave-inboxes.ts";
import { type ApprovalBody, type DenialBody, parseDecision } from "./parse-decision.ts";
import { ineligible, refuseClosed } from "./refuse-decision.ts";
import { isFull, voterOf } from "./voter-of.ts";

const DECISION: Wanted = {
  say: 'decision is "approve" or "break_glass", each with vote, or "deny" with reason.',
  example: { decision: "deny", reason: "not during the freeze" },
};

/** Answers `POST /v1/approvals/{approval}/decide`: a person denies, or approves by a vote that their own issuer has signed. */
export const decide = (event: HttpEvent, ports: ApprovePorts): Promise<HttpAnswer> =>
  operation<Decided>(event, ports, async (operator) => {
    const examined = await approvalFor(operator, event.pathParameters?.approval ?? "", ports);
    const requested = parseDecision(readJson(event, DECISION), examined.hash);
    refuseClosed(examined, requested.decision === "deny" ? "against" : "for");
    await (requested.decision === "deny"
      ? deny(operator, examined, requested, ports)
      : approve(operator, examined, requested, ports));
    const after = (await examineApproval(examined.record.id, ports)) ?? examined;
    if (after.state === "approved") await announce(after, ports);
    if (after.state !== "pending") await leaveInboxes(after, ports);
    return { status: after.state, needed: describeNeeded(after) };
  });

/** @throws {Refusal} vote_invalid, operator_denied, not_eligible, already_used, approval_denied, issuer_unreachable. */
async function approve(
  operator: OperatorIdentity,
  examined: Examined,
  { decision, by, hashes }: ApprovalBody,
  ports: ApprovePorts,
): Promise<void> {
  const { record, hash, excluded, excludedAlone } = examined;
  await countAgainstLimit(operator.id, "vote", RATE_LIMITS.vote, ports);
  const isGlass = decision === "break_glass";
  if (isGlass && !record.break_glass) throw ineligible("no_glass", record);
  const token = await tokenSigned(operator, by, ports);
  const expected = {
    nonce: isGlass ? glassNonce(hash) : voteNonce(hashes),
    record,
    groups: askedGroups(record, ports.deployment),
  };
  const vote = await verifyVote(token, expected, ports);
  if (typeof vote === "string") throw voteFault(vote);
  if (!isSamePerson(vote.person, operator.person)) throw voteFault("another_person");
  // `approvalFor` has evaluated policy for the operator's token. The exchange evaluates it for the vote's token, which may list other groups.
  await authoriseApproval(vote.voter, examined, ports);
  const why = isGlass ? exclusionOf(vote, [ONE], excludedAlone) : exclusionOf(vote, record.needed, excluded);
  if (why !== undefined) throw ineligible(why, record);
  if (isFull(vote, isGlass, examined)) throw ineligible("group_full", record);
  const glass = isGlass ? { glass: true as const } : {};
  // The same vote again changes nothing, and is no further event.
  if (examined.cast.votes.some((stored) => isSameVote(stored, { person: vote.person, token, hashes, ...glass })))
    return;
  // Rings an alarm before the vote is stored, so that it rings even if that fails.
  if (isGlass) ports.log.write({ level: "error", event: "glass_asked", task: record.task, agent: record.agent.id });
  const event = decisionEvent("approval.voted", ports, {
    ...decidedFacts(record, operator.id, hash),
    ...{ vote_sha256: vote.hash, groups: vote.groups },
    ...{ signed_in_at: vote.signedInAt, cast_at: vote.castAt, batch: hashes.length, ...glass },
    ...(hashes.length > 1 ? { batch_hashes: hashes.toSorted() } : {}),
  });
  const stored = { person: vote.person, token, hashes, ...glass };
  const decided = await ports.ballots.putVote(record.id, stored, event, listedUntil(record, ports.deployment));
  if (decided !== "recorded") refuseClosed({ state: decided === "used" ? "used" : "denied" });
}

/** Announces that all votes are given, so that lists of tasks do not show the request as waiting. */
const announce = ({ record, tally }: Examined, { ballots }: Pick<ApprovePorts, "ballots">): Promise<void> =>
  ballots.announceApproved(record.id, tally.filledAt ?? record.created_at);

/** True for the same statement of the same person about the same requests. */
const isSameVote = (one: StoredVote, other: StoredVote): boolean => canonicalJson(one) === canonicalJson(other);

/** Records a denial. A denial gives an agent nothing, so it needs no second sign-in. @throws {Refusal} not_eligible, already_used, approval_denied. */
async function deny(
  operator: OperatorIdentity,
  examined: Examined,
  { reason, rejected }: DenialBody,
  ports: ApprovePorts,
): Promise<void> {
  const { record, hash } = examined;
  const { why } = voterOf(operator, examined, ports.deployment);
  if (why !== undefined) throw ineligible(why, record);
  if (rejected?.some((index) => index >= record.authorization_details.length))
    throw new Refusal("malformed_request", {
      say: "rejected must list indices of the record's authorization_details.",
    });
  const event = decisionEvent("approval.denied", ports, {
    ...decidedFacts(record, operator.id, hash),
    reason,
    rejected,
  });
  const at = Math.floor(ports.clock.nowMs() / 1_000);
  const outcome = { decision: "denied", by: operator.person, at, reason, ...(rejected ? { rejected } : {}) } as const;
  const decided = await ports.ballots.putOutcome(record.id, outcome, event, lastUseOf(record));
  if (decided !== "recorded") refuseClosed({ state: decided === "used" ? "used" : "denied" });
}

/** Computes the time until which an approval is listed for the people who gave it; epoch seconds. Until then it may be used, or a task may live under it. */
const listedUntil = (record: ApprovalRecord, deployment: Deployment): number =>
  (standsUntil(record) ?? record.expires_at + useWithinOf(record, deployment)) + record.ttl;
