import type { VoteFault } from "../../core/approvals/read-vote.ts";
import { Refusal } from "../../core/refusal.ts";

/** Reason why a token or a code is no valid vote of this person. */
type Fault = VoteFault | "another_person" | "code";

/** Message to the person for each fault, with the remedy. */
const FAULTS: Readonly<Record<Fault, string>> = {
  issuer: "It is not signed by your issuer, or your issuer has no client for approvals here.",
  audience: "It is not for the client for approvals alone: sign in by that client.",
  nonce: "It was signed for another request: sign in again on this request's page.",
  before_request: "It is older than the request: sign in again.",
  after_expiry: "The request has expired.",
  in_future: "Its time is in the future: the issuer's clock is wrong.",
  sign_in_unproven:
    "It proves no sign-in: your issuer has to state when you signed in (auth_time), or how (acr) where valetkey.json accepts that; see docs/approvals.md.",
  sign_in_before_request: "You signed in before the request was made: sign in again, with prompt=login.",
  required_claim: "It lacks a claim that valetkey.json requires of every token of your issuer (required).",
  actor:
    "Somebody acts in it for you, or may (act, may_act): sign in yourself, by a client whose tokens name nobody else.",
  key_bound:
    "It is bound to a key (cnf), which nobody proves here: your issuer has to give the client plain ID tokens.",
  person: "It lacks the claim that identifies the person.",
  groups_untold: "It does not list all your groups, which policies read: your issuer has to put them into this token.",
  no_group:
    "It proves no group that the request needs: either you are in none, your issuer left groups out, or a group requires a stronger sign-in (acr).",
  another_person: "It is from another person than the one who reads the request.",
  code: "Your issuer refuses the code: sign in again.",
};

/** Makes the refusal of a token or a code that is no valid vote of this person, with the remedy. */
export const voteFault = (fault: Fault): Refusal => new Refusal("vote_invalid", { say: FAULTS[fault], why: fault });
