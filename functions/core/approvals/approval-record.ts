import { createHash } from "node:crypto";
import type { AgentId } from "../../../contract/agent-id.ts";
import type { ApprovalId } from "../../../contract/approval-id.ts";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import type { Person } from "../identity/person.ts";
import type { Detail } from "../intent/detail.ts";
import type { NeededVotes } from "../policy/needed-votes.ts";
import { Refusal } from "../refusal.ts";
import { isPlainText } from "../text/plain-text.ts";
import type { Standing } from "./standing.ts";

/** Effects of a vend: what the agent would receive. A vote fits these effects and no others. */
export interface VendEffects {
  /** Details as they would be granted. */
  readonly grants: readonly Detail[];
  /** SHA-256 of each session policy, compiled without its fence and hour, by the lease's name; base64url. */
  readonly session_policies: Readonly<Record<string, string>>;
  /** Accounts in which the task would receive sessions; 12 digits each, sorted. */
  readonly accounts: readonly string[];
  /** Lifetime of the task; seconds. */
  readonly ttl: number;
  readonly needed: readonly NeededVotes[];
  /** Further uses that the same votes are good for; absent where the approval is used once. */
  readonly standing?: Standing;
  /** True where one person may give the approval alone, by a vote marked as such; absent where nobody may. */
  readonly break_glass?: true;
}

/** Request that people decide about. Every field is hashed, so a vote fits one record and no other. */
export interface ApprovalRecord extends VendEffects {
  readonly version: 1;
  /** URL of the deployment: a vote for one hub counts at no other. */
  readonly hub: string;
  readonly id: ApprovalId;
  readonly decision: "vend";
  /** 128 bits, base64url. */
  readonly nonce: string;
  readonly task: string;
  readonly agent: { readonly id: AgentId; readonly name: string; readonly owner: string; readonly team: string };
  /** Person on whose behalf the task acts. */
  readonly person?: Person;
  /** Agents of the tasks above, the nearest first. */
  readonly chain: readonly AgentId[];
  /** Text of the agent: it is shown, and proves nothing. */
  readonly purpose: string;
  readonly authorization_details: readonly Detail[];
  /** Hash of the policies at the time of the request; for information, since effects are compared and not bundles. */
  readonly bundle: string;
  /** Epoch seconds. */
  readonly created_at: number;
  /** Epoch seconds; no vote is cast from then on. */
  readonly expires_at: number;
}

/** Largest record; bytes of its canonical JSON. A person has to read it. */
export const RECORD_BYTES = 24_576;

/** Largest number of records that one sign-in decides. */
export const BATCH_RECORDS = 20;

const DOMAIN = "valetkey/approval/v1\n";
const BATCH_DOMAIN = "valetkey/approvals/v1\n";

/** Writes the record as the canonical JSON that is hashed (RFC 8785). */
export const recordText = (record: ApprovalRecord): string => canonicalJson(record);

/** Computes the hash that a vote's `nonce` carries; base64url of a SHA-256. */
export const recordHash = (record: ApprovalRecord): string => digest(DOMAIN + recordText(record));

/**
 * Computes the nonce of one sign-in that decides about these records. For one record: its hash. For several: a hash
 * over the sorted hashes.
 * @throws {RangeError} for none, more than 20, or a record that is listed twice.
 */
export function voteNonce(hashes: readonly string[]): string {
  const distinct = [...new Set(hashes)].sort();
  const [first] = distinct;
  if (first === undefined || distinct.length !== hashes.length || hashes.length > BATCH_RECORDS)
    throw new RangeError(`one sign-in decides 1 to ${BATCH_RECORDS} records, each named once`);
  return distinct.length === 1 ? first : digest(BATCH_DOMAIN + canonicalJson(distinct));
}

/**
 * @throws {Refusal} intent_too_large where the record is too long to be read by a person; intent_invalid where it
 * contains a text that cannot be shown unchanged.
 */
export function assertReadable(record: ApprovalRecord): void {
  const text = recordText(record);
  if (Buffer.byteLength(text) > RECORD_BYTES)
    throw new Refusal("intent_too_large", {
      say: `A person must approve this, and no person can read ${Buffer.byteLength(text)} bytes of it; ask for less in one task, at most ${RECORD_BYTES} bytes.`,
    });
  if (!textsIn(record).every(isPlainText))
    throw new Refusal("intent_invalid", {
      say: "A person must approve this, and it contains control or bidirectional characters, which nobody can be shown.",
    });
}

/** Lists every text in a JSON value, names included. */
const textsIn = (value: unknown): readonly string[] =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([name, each]) => [name, ...textsIn(each)])
      : [];

/** Names the effects in which two vends differ; empty where a vote for the one fits the other. */
export function changedEffects(approved: VendEffects, now: VendEffects): readonly (keyof VendEffects)[] {
  const effects = [
    "grants",
    "session_policies",
    "accounts",
    "ttl",
    "needed",
    "standing",
    "break_glass",
  ] as const satisfies (keyof VendEffects)[];
  return effects.filter((each) => canonicalJson(approved[each]) !== canonicalJson(now[each]));
}

/**
 * Computes the nonce of a vote by which a person gives the approval alone. An ordinary vote never has such a nonce, nor
 * the reverse.
 * @param hash hash of the record.
 */
export const glassNonce = (hash: string): string => digest(`valetkey/break-glass/v1\n${hash}`);

/** Computes the nonce of a vote by which another person reviews a broken glass. @param use use as it is sealed. */
export const reviewNonce = (use: object): string => digest(`valetkey/review/v1\n${canonicalJson(use)}`);

const digest = (text: string): string => createHash("sha256").update(text).digest("base64url");
