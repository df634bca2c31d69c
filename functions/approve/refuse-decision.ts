import type { VoteFault } from "../core/approvals/read-vote.ts";
import { Refusal } from "../core/refusal.ts";
import type { Examined } from "./examine-approval.ts";
import type { Ineligible } from "./voter-of.ts";

/** Reason why a token or a code is no vote of this person. */
type Fault = VoteFault | "another_person" | "code";

/** Sentences that say what the person does about each fault. */
const FAULTS: Readonly<Record<Fault, string>> = {
  issuer: "It is not signed by your issuer, or your issuer has no client for approvals here.",
  audience: "It is not for the client for approvals alone: sign in by that client.",
  nonce: "It was signed for another request: sign in again on this request's page.",
  before_request: "It is older than the request: sign in again.",
  after_expiry: "The request has expired.",
  in_future: "It is of the future: the issuer's clock is wrong.",
  sign_in_unproven:
    "It proves no sign-in: your issuer has to say when you signed in (auth_time), or how (acr) where valetkey.json takes that; see docs/approvals.md.",
  sign_in_before_request: "You signed in before the request was made: sign in again, with prompt=login.",
  required_claim: "It lacks a claim that valetkey.json requires of every token of your issuer (required).",
  person: "It lacks the claim that tells people apart.",
  groups_untold: "It does not list all your groups, which policies read: your issuer has to put them into this token.",
  no_group:
    "It proves no group that is asked: either you are in none, your issuer left groups out, or a group asks for a stronger sign-in (acr).",
  another_person: "It is another person's than the one who reads the request.",
  code: "Your issuer refuses the code: sign in again.",
};

const RULES: Readonly<Record<Ineligible, string>> = {
  no_group: "You are in none of the groups that are asked.",
  not_voted: "You have not approved this request; to stop it, deny it.",
  no_glass: "Policy lets nobody approve this request alone: enough people have to approve it.",
  acted_for_or_shaper:
    "The request acts for you, or you registered or changed the agent within the last seven days: another person has to decide.",
  owner_or_shaper_unknown:
    "The agent's owner, or who registered it, is nobody who is known, and could be you: an operator sets owner to issuer|person.",
  owner_alone: "You own the agent, and your vote would be the only one: another person has to decide.",
};

export const voteFault = (fault: Fault): Refusal => new Refusal("vote_invalid", { say: FAULTS[fault], why: fault });

export const ineligible = (rule: Ineligible): Refusal => new Refusal("not_eligible", { say: RULES[rule], why: rule });

/**
 * Refuses a decision about a request that is decided, used or over. A standing approval that may be used again is ended by a decision against it.
 * @throws {Refusal} already_used, approval_denied, approval_expired, approval_void, task_ended.
 */
export function refuseClosed({ state }: Pick<Examined, "state">, decision: "for" | "against" = "for"): void {
  switch (state) {
    case "standing":
      if (decision === "for") throw new Refusal("already_used");
      return;
    case "pending":
    case "approved":
      return;
    case "used":
      throw new Refusal("already_used");
    case "denied":
      throw new Refusal("approval_denied");
    case "withdrawn":
      throw new Refusal("approval_denied", { say: "An approver withdrew." });
    case "expired":
      throw new Refusal("approval_expired");
    case "cancelled":
      throw new Refusal("task_ended");
    case "void":
      throw new Refusal("approval_void");
  }
}
