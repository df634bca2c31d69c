import { createHash } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import { BATCH_RECORDS } from "../../../contract/limits.ts";
import { HASH_DOMAINS } from "../../../contract/names.ts";
import type { VotedRecord } from "../../../contract/voted-records.ts";
import type { Detail } from "../intent/detail.ts";
import { Refusal } from "../refusal.ts";
import { isPlainText } from "../text/plain-text.ts";

/** Request that people decide about. Every field is hashed, so a vote fits one record and no other. */
export interface ApprovalRecord extends VotedRecord {
  /** Details as they would be granted. */
  readonly grants: readonly Detail[];
  readonly authorization_details: readonly Detail[];
}

/** Fields of the request itself. Every other field is an effect, and compared before a use. */
type RequestField =
  | "version"
  | "hub"
  | "id"
  | "decision"
  | "nonce"
  | "task"
  | "agent"
  | "person"
  | "chain"
  | "purpose"
  | "authorization_details"
  // For information: effects are compared, and not policies.
  | "bundle"
  | "created_at"
  | "expires_at";

/** Effects of a vend: what the agent would receive. A vote fits these effects and no others. */
export interface VendEffects extends Omit<ApprovalRecord, RequestField> {}

/** Largest record; bytes of its canonical JSON. A person has to read it. */
export const RECORD_BYTES = 24_576;

/** Writes the record as the canonical JSON that is hashed (RFC 8785). */
export const recordText = (record: ApprovalRecord): string => canonicalJson(record);

/** Computes the hash that a vote's `nonce` carries; base64url of a SHA-256. */
export const recordHash = (record: ApprovalRecord): string => digest(`${HASH_DOMAINS.approval}\n${recordText(record)}`);

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
  return distinct.length === 1 ? first : digest(`${HASH_DOMAINS.approvals}\n${canonicalJson(distinct)}`);
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

/** Every effect. One that is missing here does not compile: nobody would compare it. */
const EFFECTS = Object.keys({
  grants: true,
  session_policies: true,
  accounts: true,
  ttl: true,
  needed: true,
  standing: true,
  break_glass: true,
} satisfies Readonly<Record<keyof VendEffects, true>>) as (keyof VendEffects)[];

/** Names the effects in which two vends differ; empty where a vote for the one fits the other. */
export function changedEffects(approved: VendEffects, now: VendEffects): readonly (keyof VendEffects)[] {
  return EFFECTS.filter((each) => canonicalJson(approved[each]) !== canonicalJson(now[each]));
}

/**
 * Computes the nonce of a vote by which a person gives the approval alone. An ordinary vote never has such a nonce, nor
 * the reverse.
 * @param hash hash of the record.
 */
export const glassNonce = (hash: string): string => digest(`${HASH_DOMAINS.glass}\n${hash}`);

/** Computes the nonce of a vote by which another person reviews a broken glass. @param use use as it is sealed. */
export const reviewNonce = (use: object): string => digest(`${HASH_DOMAINS.review}\n${canonicalJson(use)}`);

const digest = (text: string): string => createHash("sha256").update(text).digest("base64url");
