import { canonicalJson } from "../canonical-json.ts";
import { BATCH_RECORDS } from "../limits.ts";
import { HASH_DOMAINS } from "../names.ts";

/**
 * Computes the hash of an approval's record from the record alone, in a browser or in Node. The approver need not trust the hub's own hash.
 * @param record record as the hub answered it.
 * @returns SHA-256, base64url: the `nonce` of a vote for this record.
 */
export const recordHash = (record: unknown): Promise<string> =>
  digest(`${HASH_DOMAINS.approval}\n${canonicalJson(record)}`);

/**
 * Computes the nonce of a sign-in that decides about records. The nonce is the hash of one record, or a hash over the sorted hashes of several.
 * @param hashes 1 to 20 hashes, each once.
 */
export async function voteNonce(hashes: readonly string[]): Promise<string> {
  const distinct = [...new Set(hashes)].sort();
  const [first] = distinct;
  if (first === undefined || distinct.length !== hashes.length || hashes.length > BATCH_RECORDS)
    throw new RangeError(`one sign-in decides 1 to ${BATCH_RECORDS} records, each named once`);
  return distinct.length === 1 ? first : digest(`${HASH_DOMAINS.approvals}\n${canonicalJson(distinct)}`);
}

/** Computes the nonce of a vote by which a person gives the approval alone: no ordinary vote has it. @param hash hash of the record. */
export const glassNonce = (hash: string): Promise<string> => digest(`${HASH_DOMAINS.glass}\n${hash}`);

/** Computes the nonce of a vote by which another person has reviewed a broken glass. @param use use as the hub answered it. */
export const reviewNonce = (use: unknown): Promise<string> => digest(`${HASH_DOMAINS.review}\n${canonicalJson(use)}`);

/** Computes the nonce of a vote for an operator's act: no vote on an approval has it. @param record record of the act. */
export const actHash = (record: unknown): Promise<string> => digest(`${HASH_DOMAINS.act}\n${canonicalJson(record)}`);

/** Computes the SHA-256 of a text; base64url. */
export async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
