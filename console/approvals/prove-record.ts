import { hashWords } from "../../contract/decision/hash-words.ts";
import { isReadableRecord } from "../../contract/decision/readable-record.ts";
import { recordHash } from "../../contract/decision/record-hash.ts";
import type { ReadAnswer } from "../../contract/operations.ts";
import type { ApprovalRecord } from "../../functions/core/approvals/approval-record.ts";

/** Request, as the API answers it. A vote signs the record only, which `proveRecord` reads. */
export type Shown = Omit<ReadAnswer<"GET /v1/approvals/{approval}">, "record"> & { readonly record: ApprovalRecord };

/** Record with the hash that this page computed from it. Votes are sent only for such a record. */
export interface ProvenRecord {
  readonly record: ApprovalRecord;
  readonly hash: string;
  readonly words: readonly string[];
}

/** Reason why a record must not be approved, with the words of both hashes where these differ. */
export interface Unproven {
  readonly says: string;
  readonly computed?: string;
  readonly claimed?: string;
}

/**
 * Computes the hash of the record from the record alone, and compares the record with everything else that the page knows.
 * @param expected id in the page's address, address of the API, and the hash that was on the screen before a sign-in.
 */
export async function proveRecord(
  { record, hash }: Pick<Shown, "record" | "hash">,
  expected: { readonly id: string; readonly api: string; readonly hash?: string | undefined },
): Promise<ProvenRecord | Unproven> {
  if (typeof record !== "object" || record === null) return { says: "The answer has no record." };
  const computed = await recordHash(record);
  const words = hashWords(computed);
  if (computed !== hash)
    return {
      says: "The record has another hash than the one that was sent with it.",
      computed: words,
      claimed: wordsOf(hash),
    };
  if (!isReadableRecord(record)) return { says: "This page cannot read records of this form." };
  if (record.id !== expected.id) return { says: "The record is of another request than the one in the address." };
  if (record.hub !== expected.api) return { says: "The record is for another deployment of valetkey." };
  if (expected.hash !== undefined && computed !== expected.hash)
    return {
      says: "The record is not the one that you saw before.",
      computed: words,
      claimed: wordsOf(expected.hash),
    };
  return { record, hash: computed, words: words.split(" ") };
}

function wordsOf(hash: unknown): string {
  try {
    return hashWords(String(hash));
  } catch {
    return "no hash at all";
  }
}
