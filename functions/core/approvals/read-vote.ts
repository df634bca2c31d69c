import type { ApproverGroup } from "../deployment/approver-group.ts";
import { type Claims, isElsewhere, isKeyBound, missingRequired, valueAt } from "../identity/claims.ts";
import type { ApprovalsClient, Issuer } from "../identity/issuer.ts";
import { actorClaimIn } from "../identity/may-act.ts";
import { type Person, personIn } from "../identity/person.ts";
import type { ApprovalRecord } from "./approval-record.ts";

/** Statement of a person's own issuer that this person signed in for exactly one nonce. Times are epoch seconds. */
export interface Statement {
  readonly person: Person;
  /** Time at which the issuer signed the statement (`iat`). */
  readonly castAt: number;
  /** Time of the sign-in: `auth_time`, or `iat` where the issuer gives none and proves an `acr` anew at each request. One sign-in is one vote. */
  readonly signedInAt: number;
}

/** Vote: a statement about a record, of a person in the groups whose votes are needed. */
export interface Vote extends Statement {
  /** Names of the groups of which the token proves membership, with the sign-in that each group requires. */
  readonly groups: readonly string[];
}

/** Reason why a token is not a vote. */
export type VoteFault = StatementFault | "groups_untold" | "no_group";

/** Reason why a token is not a statement of a person about the nonce. */
export type StatementFault =
  | "issuer"
  | "audience"
  | "nonce"
  | "before_request"
  | "after_expiry"
  | "in_future"
  | "sign_in_unproven"
  | "sign_in_before_request"
  | "required_claim"
  | "actor"
  | "key_bound"
  | "person";

/** Reason why a token is not a statement of a person about an act. */
export type ActFault = StatementFault | "sign_in_class";

/** Tolerance between the issuer's clock and ours; seconds. */
export const VOTE_SKEW_SECONDS = 60;

/** From so many groups on, an issuer may have left some out. Source: Microsoft Entra ID's overage at 200, other issuers' at 100. */
const OVERAGE = 100;

/** Issuer of people, with the fields that votes need. */
export type VotingIssuer = Pick<Issuer, "name" | "url" | "required" | "issuedSince"> & {
  readonly person?: string;
  /** Client that is registered for approvals alone. */
  readonly approvals: Pick<ApprovalsClient, "clientId" | "freshness" | "acr">;
};

/** Expectations of a person's statement. */
export interface ExpectedStatement {
  /** `nonce`: the hash of what the person states. */
  readonly nonce: string;
  readonly record: Pick<ApprovalRecord, "created_at" | "expires_at">;
}

/** Expectations of a vote: its nonce is the hash of the record, or of the batch that contains it. */
export interface Expected extends ExpectedStatement {
  readonly record: Pick<ApprovalRecord, "created_at" | "expires_at" | "needed">;
  readonly groups: readonly ApproverGroup[];
}

/**
 * Reads a vote from the claims of an ID token whose signature was verified.
 * @param nowSeconds epoch seconds.
 * @returns the vote, or the fault for which the token is not a vote.
 */
export function readVote(
  claims: Claims,
  issuer: VotingIssuer,
  expected: Expected,
  nowSeconds: number,
): Vote | VoteFault {
  const statement = readStatement(claims, issuer, expected, nowSeconds);
  if (typeof statement === "string") return statement;
  const { person } = statement;
  const groups = expected.groups
    .filter(({ name }) => expected.record.needed.some(({ group }) => group === name))
    .filter((group) => isMember(claims, person, group) && isStrongEnough(claims, group, issuer.approvals.freshness))
    .map(({ name }) => name);
  return groups.length === 0 ? "no_group" : { ...statement, groups };
}

/**
 * Reads a person's statement from the claims of an ID token whose signature was verified. The token's `exp` is not
 * read: a statement is not a bearer token.
 * @param nowSeconds epoch seconds.
 * @returns the statement, or the fault for which the token is not a statement.
 */
export function readStatement(
  claims: Claims,
  issuer: VotingIssuer,
  expected: ExpectedStatement,
  nowSeconds: number,
): Statement | StatementFault {
  const { iss, aud, azp, nonce, iat } = claims;
  const { clientId, freshness } = issuer.approvals;
  if (iss !== issuer.url) return "issuer";
  // Exactly one audience as one text: a list could name a client that an agent is able to start.
  if (aud !== clientId || (azp !== undefined && azp !== clientId)) return "audience";
  if (nonce !== expected.nonce) return "nonce";
  if (!isInstant(iat)) return "in_future";
  const { created_at: createdAt, expires_at: expiresAt } = expected.record;
  if (iat < createdAt - VOTE_SKEW_SECONDS) return "before_request";
  if (iat >= expiresAt) return "after_expiry";
  if (iat > nowSeconds + VOTE_SKEW_SECONDS) return "in_future";
  const signedInAt = signInIn(claims, freshness);
  if (!isInstant(signedInAt) || signedInAt > iat + VOTE_SKEW_SECONDS) return "sign_in_unproven";
  // A restored table does not know which sign-ins were used before.
  const restoredAt = issuer.issuedSince ?? Number.NEGATIVE_INFINITY;
  if (signedInAt < Math.max(createdAt - VOTE_SKEW_SECONDS, restoredAt + VOTE_SKEW_SECONDS))
    return "sign_in_before_request";
  if (missingRequired(claims, issuer.required) !== undefined) return "required_claim";
  if (actorClaimIn(claims) !== undefined) return "actor";
  if (isKeyBound(claims)) return "key_bound";
  try {
    return { person: personIn(claims, issuer), castAt: iat, signedInAt };
  } catch {
    return "person";
  }
}

/**
 * Reads a person's statement about something that no group decides: an act, or a consent. The classes of sign-in are
 * the issuer's own, since there is no group to name them.
 * @returns the statement, or the fault for which the token is not a statement.
 */
export function readActStatement(
  ...[claims, issuer, expected, nowSeconds]: Parameters<typeof readStatement>
): Statement | ActFault {
  const statement = readStatement(claims, issuer, expected, nowSeconds);
  if (typeof statement === "string") return statement;
  const { acr, freshness } = issuer.approvals;
  return isClass(claims, acr, freshness) ? statement : "sign_in_class";
}

/**
 * Reads the time of the sign-in. `auth_time` has precedence, so an older sign-in is detected whatever `acr` the token
 * has.
 */
const signInIn = ({ auth_time: authTime, acr, iat }: Claims, freshness: ApprovalsClient["freshness"]): unknown =>
  authTime === undefined && freshness === "acr" && typeof acr === "string" ? iat : authTime;

/** True where the claims of a person's verified token prove that the person is in the group. */
export function isMember(claims: Claims, person: Person, { issuer, members }: ApproverGroup): boolean {
  if (issuer !== person.issuer) return false;
  if ("persons" in members) return members.persons.includes(person.value);
  if (isElsewhere(claims, members.claim) || (claims.hasgroups !== undefined && claims.hasgroups !== false))
    return false;
  const values = valueAt(claims, members.claim);
  return Array.isArray(values) && values.length < OVERAGE && values.includes(members.value);
}

/**
 * True where the token has the sign-in that the group requires. Where `acr` alone proves a fresh sign-in, a group that
 * names no `acr` counts nobody.
 */
function isStrongEnough({ acr, amr }: Claims, group: ApproverGroup, freshness: ApprovalsClient["freshness"]): boolean {
  const methods = Array.isArray(amr) ? amr : [];
  return isClass({ acr }, group.acr, freshness) && (group.amr ?? []).every((method) => methods.includes(method));
}

/**
 * True where the sign-in is of one of the classes. Where no class is named: true if `auth_time` proves the sign-in's
 * time.
 */
const isClass = (
  { acr }: Claims,
  classes: readonly string[] | undefined,
  freshness: ApprovalsClient["freshness"],
): boolean => (classes === undefined ? freshness === "auth_time" : typeof acr === "string" && classes.includes(acr));

// Whole seconds up to the year 2286: a larger number may be a time in milliseconds by mistake.
const isInstant = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < 1e10;
