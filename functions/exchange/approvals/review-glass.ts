import { type ApprovalId, isApprovalId } from "../../../contract/approval-id.ts";
import type { Reviewed } from "../../../contract/approvals.ts";
import { type ApprovalRecord, reviewNonce } from "../../core/approvals/approval-record.ts";
import { REVIEW_SECONDS } from "../../core/approvals/break-glass.ts";
import { excludedPeople } from "../../core/approvals/excluded-people.ts";
import { exclusionOf } from "../../core/approvals/fill-slots.ts";
import type { ApprovalUse, StoredApproval } from "../../core/approvals/stored-approval.ts";
import { sealedUseOf } from "../../core/approvals/stored-approval.ts";
import { isSamePerson } from "../../core/identity/person.ts";
import { EMPTY_CHAIN, nextEvent } from "../../core/journal/event.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { rootPath } from "../../core/task-path.ts";
import type { HttpAnswer, HttpEvent } from "../../http/event.ts";
import { readJson } from "../../http/read-body.ts";
import { operation } from "../../operators/operation.ts";
import { ONE } from "../../steps/approvals/assess-approval.ts";
import { authoriseApproval, mayApprove } from "../../steps/approvals/authorise-approval.ts";
import { keyFacts } from "../../steps/approvals/key-facts.ts";
import { parseSignature } from "../../steps/approvals/parse-signature.ts";
import { tokenSigned } from "../../steps/approvals/token-signed.ts";
import { verifyVote, verifyVotes } from "../../steps/approvals/verify-votes.ts";
import { voteFault } from "../../steps/approvals/vote-fault.ts";
import type { OperatorIdentity } from "../../steps/requests/verify-operator.ts";

/**
 * Answers `POST /v1/approvals/{approval}/review`: a person other than the one who broke the glass has reviewed its use. The person votes over the sealed
 * use. The exchange verifies and records the vote, so that the agent is not suspended for want of a review.
 */
export const reviewGlass = (event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> =>
  operation<Reviewed>(event, ports, async (operator) => {
    const named = event.pathParameters?.approval;
    const stored = isApprovalId(named) ? await (await ports.approvals()).read(named) : { uses: [] };
    const { record } = stored;
    const agent = record && (await ports.agents.read(record.agent.id));
    await authoriseApproval(operator, record && { record, agent }, ports);
    if (!record) throw new Refusal("approval_unknown");
    const { id } = record;
    const use = await brokenGlass(id, stored, ports);
    const by = parseSignature(readJson(event));
    await refuseOwnReview(record, operator, use, ports);
    const excluded = excludedPeople(
      [agent],
      record.person ? [record.person] : [],
      [ONE],
      ports.deployment.issuers,
      ports.clock.nowMs() / 1_000,
    );
    const rule = exclusionOf({ person: operator.person, groups: [] }, [ONE], excluded);
    if (rule !== undefined) throw new Refusal("not_eligible", { why: rule });

    const window = { created_at: use.usedAt, expires_at: use.usedAt + REVIEW_SECONDS, needed: record.needed };
    const expected = {
      nonce: reviewNonce(sealedUseOf(id, use)),
      record: window,
      groups: ports.deployment.approvers ?? [],
    };
    const token = await tokenSigned(operator, by, ports);
    const vote = await verifyVote(token, expected, ports);
    if (typeof vote === "string") throw voteFault(vote);
    if (!isSamePerson(vote.person, operator.person)) throw voteFault("another_person");
    if (!(await mayApprove(vote.voter, { record, agent }, ports))) throw new Refusal("operator_denied");

    const at = Math.floor(ports.clock.nowMs() / 1_000);
    const reviewed = nextEvent(
      EMPTY_CHAIN,
      rootPath(ports.random.bytes(32)),
      "approval.reviewed",
      ports.clock.nowMs(),
      {
        ...{
          agent: record.agent.id,
          task: use.task,
          by: operator.id,
          approval: id,
          vote_sha256: vote.hash,
          groups: vote.groups,
          signed_in_at: vote.signedInAt,
          cast_at: vote.castAt,
          use: sealedUseOf(id, use),
          keys: await keyFacts([vote], ports.deployment),
        },
      },
    );
    const { person, signedInAt } = vote;
    const signIn = { person, signedInAt, nonce: expected.nonce, token };
    await (await ports.approvals()).recordReview(id, use, { at, vote: vote.hash }, signIn, reviewed);
    return { status: "reviewed" };
  });

/** Returns the sealed use of an approval that one person gave alone, while its review is due. @throws {Refusal} already_used, approval_expired. */
async function brokenGlass(
  id: ApprovalId,
  { uses, review }: StoredApproval,
  { seals, clock }: Pick<SealingPorts, "seals" | "clock">,
): Promise<ApprovalUse> {
  const use = uses.find(({ glass }) => glass);
  if (!use || review || !(await seals.isGenuine("approval-use", sealedUseOf(id, use), use.seal)))
    throw new Refusal("already_used", { say: "There is nothing to review: no glass was broken, or it was reviewed." });
  if (clock.nowMs() / 1_000 >= use.usedAt + REVIEW_SECONDS)
    throw new Refusal("approval_expired", { say: "Nobody reviewed it within 24 hours, so the agent is suspended." });
  return use;
}

/**
 * Refuses the person who broke the glass. The seal of the use covers the hash of that person's vote, so the vote's token proves who it was; nothing else
 * that is stored does. If the token is gone, the person is unknown, and nobody can review.
 * @throws {Refusal} not_eligible, issuer_unreachable.
 */
async function refuseOwnReview(
  record: ApprovalRecord,
  { person }: OperatorIdentity,
  { votes: [own], hash }: ApprovalUse,
  ports: Pick<SealingPorts, "approvals" | "tokens" | "deployment" | "clock">,
): Promise<void> {
  const { votes } = await (await ports.approvals()).readVotes(record.id);
  const { votes: verified, isUnsure } = await verifyVotes(votes, record, hash, ports);
  const breaker = verified.find((vote) => vote.hash === own);
  if (!breaker && isUnsure) throw new Refusal("issuer_unreachable");
  if (!breaker || isSamePerson(breaker.person, person))
    throw new Refusal("not_eligible", {
      say: "You broke the glass, or who did is not known: another person has to review it.",
      why: "own_review",
    });
}
