import { createHash } from "node:crypto";
import { type ApprovalRecord, glassNonce, voteNonce } from "../../core/approvals/approval-record.ts";
import { askedGroups } from "../../core/approvals/asked-groups.ts";
import { type Excluded, eligible, type Filled, fillSlots, isFilled } from "../../core/approvals/fill-slots.ts";
import {
  type ActFault,
  type Expected,
  type ExpectedStatement,
  readActStatement,
  readVote,
  type Statement,
  type Vote,
  type VoteFault,
} from "../../core/approvals/read-vote.ts";
import type { StoredVote } from "../../core/approvals/stored-approval.ts";
import type { Claims } from "../../core/identity/claims.ts";
import type { ApprovalsClient, Issuer } from "../../core/identity/issuer.ts";
import { issuerOf } from "../../core/identity/issuer-of.ts";
import { personId } from "../../core/identity/person.ts";
import type { VerifiedToken } from "../../core/identity/tokens.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { type OperatorIdentity, personProven } from "../requests/verify-operator.ts";

/** Vote on exactly this record, whose token the person's own issuer has signed. */
export interface VerifiedVote extends Vote, VerifiedStatement {
  /** Person for the evaluation of policy, by the vote's own token. */
  readonly voter: OperatorIdentity;
}

type Needs = Pick<Ports, "tokens" | "deployment" | "clock">;

/**
 * Verifies a vote by the keys that the person's issuer publishes now.
 * @returns the vote, or the fault for which the token is none.
 * @throws {Refusal} issuer_unreachable, after which the vote is neither valid nor invalid.
 */
export async function verifyVote(token: string, expected: Expected, ports: Needs): Promise<VerifiedVote | VoteFault> {
  const signed = await verifySigned(token, ports);
  if (typeof signed === "string") return signed;
  const { claims, issuer, hash, publicKey } = signed;
  const vote = readVote(claims, issuer, expected, ports.clock.nowMs() / 1_000);
  if (typeof vote === "string") return vote;
  const voter = voterIn(claims, issuer, ports.deployment);
  return voter ? { ...vote, voter, hash, publicKey } : "groups_untold";
}

/** Statement whose token the person's own issuer has signed. */
export interface VerifiedStatement extends Statement {
  /** SHA-256 of the token, base64url. */
  readonly hash: string;
  /** Returns the issuer's key that verified the token. */
  readonly publicKey: VerifiedToken["publicKey"];
}

/**
 * Verifies a person's statement about an act by the keys that the person's issuer publishes now.
 * @returns the statement, or the fault for which the token is none.
 * @throws {Refusal} issuer_unreachable, after which the statement is neither valid nor invalid.
 */
export async function verifyStatement(
  token: string,
  expected: ExpectedStatement,
  ports: Needs,
): Promise<VerifiedStatement | ActFault> {
  const signed = await verifySigned(token, ports);
  if (typeof signed === "string") return signed;
  const { claims, issuer, hash, publicKey } = signed;
  const statement = readActStatement(claims, issuer, expected, ports.clock.nowMs() / 1_000);
  return typeof statement === "string" ? statement : { ...statement, hash, publicKey };
}

/** Token that a people's issuer with a client for approvals has signed. Only the signature was checked. */
interface Signed {
  readonly claims: Claims;
  readonly issuer: Issuer & { readonly approvals: ApprovalsClient };
  readonly hash: string;
  readonly publicKey: VerifiedToken["publicKey"];
}

async function verifySigned(token: string, { tokens, deployment }: Needs): Promise<Signed | "issuer"> {
  try {
    const issuer = issuerOf(token, deployment.issuers, "people");
    const { approvals } = issuer;
    if (!approvals) return "issuer";
    const { claims, publicKey } = await tokens.verify(token, issuer);
    return {
      claims,
      issuer: { ...issuer, approvals },
      hash: createHash("sha256").update(token).digest("base64url"),
      publicKey,
    };
  } catch (error) {
    if (error instanceof Refusal && !error.isOutage) return "issuer";
    throw error;
  }
}

/**
 * Returns the person for the evaluation of policy; undefined where the token does not list every group, since a forbid
 * on an omitted group would not apply.
 */
function voterIn(...[claims, issuer, deployment]: Parameters<typeof personProven>): OperatorIdentity | undefined {
  try {
    return personProven(claims, issuer, deployment);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Stored vote that was verified, with its nonce and the hashes of the records that the nonce covers. */
export type CountedVote = VerifiedVote & Pick<StoredVote, "hashes" | "glass"> & { readonly nonce: string };

/** Result of verifying the stored votes on one request. */
export interface Verified {
  readonly votes: readonly CountedVote[];
  /**
   * True where an issuer could not be reached, so that a vote may be missing. The request must not be refused for that.
   */
  readonly isUnsure: boolean;
}

/**
 * Verifies stored votes, and omits invalid ones. A vote's place in the store proves nothing.
 * @param hash hash of the record.
 */
export async function verifyVotes(
  stored: readonly StoredVote[],
  record: ApprovalRecord,
  hash: string,
  ports: Needs,
): Promise<Verified> {
  const groups = askedGroups(record, ports.deployment);
  const each = await Promise.all(
    stored.map(async ({ token, hashes, glass }): Promise<CountedVote | "unreachable" | undefined> => {
      const nonce = glass ? glassNonce(hash) : nonceOf(hashes, hash);
      if (nonce === undefined) return undefined;
      try {
        const vote = await verifyVote(token, { nonce, record, groups }, ports);
        return typeof vote === "string" ? undefined : { ...vote, nonce, hashes, ...(glass ? { glass } : {}) };
      } catch (error) {
        if (error instanceof Refusal) return "unreachable";
        throw error;
      }
    }),
  );
  return {
    votes: each.flatMap((vote) => (vote === undefined || vote === "unreachable" ? [] : [vote])),
    isUnsure: each.includes("unreachable"),
  };
}

/** Returns the nonce of a vote on these records; undefined where this record is not among them. */
function nonceOf(hashes: readonly string[], hash: string): string | undefined {
  try {
    return hashes.includes(hash) ? voteNonce(hashes) : undefined;
  } catch {
    // The list is empty, too long, or names a hash twice.
    return undefined;
  }
}

/** Count of the votes on one request. */
export interface Tally {
  /** Filled slots of each group. */
  readonly filled: Filled;
  /** Votes that fill the slots; all of them have to be used together. */
  readonly counted: readonly CountedVote[];
  /** Time of the vote that filled the last slot, epoch seconds; absent while one is open. */
  readonly filledAt?: number;
  /** Present where one person gave the approval alone. */
  readonly glass?: true;
}

/**
 * Counts the votes of distinct people who may vote. Each vote fills one slot.
 * @param excluded people whose votes do not count.
 */
export function tallyOf(
  votes: readonly CountedVote[],
  { needed }: Pick<ApprovalRecord, "needed">,
  excluded: Excluded,
): Tally {
  // Only a person's latest vote counts, whatever else is stored in their name.
  const ofPeople = new Map(votes.toSorted(byTime).map((vote) => [personId(vote.person), vote]));
  const inOrder = [...ofPeople.values()].sort(byTime);
  for (let count = 1; count <= inOrder.length; count += 1) {
    const filled = fillSlots(eligible(inOrder.slice(0, count), needed, excluded), needed);
    if (!isFilled(filled)) continue;
    const counted = filled.flatMap(({ people }) => people.flatMap((each) => ofPeople.get(personId(each)) ?? []));
    return { filled, counted: counted.sort(byTime), filledAt: inOrder[count - 1]?.castAt ?? 0 };
  }
  return { filled: fillSlots(eligible(inOrder, needed, excluded), needed), counted: [] };
}

const byTime = (a: CountedVote, b: CountedVote): number =>
  a.castAt - b.castAt || (personId(a.person) < personId(b.person) ? -1 : 1);
