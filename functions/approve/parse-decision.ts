import { BATCH_RECORDS } from "../../contract/limits.ts";
import { Refusal } from "../core/refusal.ts";
import { isPlainText } from "../core/text/plain-text.ts";
import { onlyFields, parseSignature, type Signature, textField } from "../steps/approvals/parse-signature.ts";

type Json = Readonly<Record<string, unknown>>;

/** Approval by an ID token, or by the code of a sign-in that gives one. `break_glass`: the person gives the approval alone. */
export interface ApprovalBody {
  readonly decision: "approve" | "break_glass";
  /** Hashes of all the records that the sign-in decides. */
  readonly hashes: readonly string[];
  readonly by: Signature;
}

/** Denial, with the person's reason. */
export interface DenialBody {
  readonly decision: "deny";
  readonly reason: string;
  /** Indices of the details that the person rejects. */
  readonly rejected?: readonly number[];
}

/** Longest reason; characters. */
const REASON_CHARACTERS = 500;
const HASH = /^[A-Za-z0-9_-]{43}$/;

/**
 * Parses the body of a decision: `{decision: "approve", vote, hashes?}`, `{decision: "break_glass", vote}` (both take a code in place of the vote),
 * `{decision: "approve", code, code_verifier, redirect_uri, hashes?}` or
 * `{decision: "deny", reason, rejected?}`.
 * @param hash hash of the record, and the only hash if the body lists none.
 * @throws {Refusal} malformed_request, which lists the fields of the body.
 */
export function parseDecision(body: Json, hash: string): ApprovalBody | DenialBody {
  if (body.decision === "deny") return parseDenial(body);
  const { decision } = body;
  if (decision !== "approve" && decision !== "break_glass")
    return refuse('decision must be "approve", "break_glass" or "deny".');
  // One sign-in breaks the glass of one request only.
  const hashes = decision === "approve" ? (body.hashes ?? [hash]) : [hash];
  const named = decision === "approve" ? ["hashes"] : [];
  if (
    !Array.isArray(hashes) ||
    hashes.length > BATCH_RECORDS ||
    !hashes.every((each) => typeof each === "string" && HASH.test(each)) ||
    new Set(hashes).size < hashes.length ||
    !hashes.includes(hash)
  )
    return refuse(
      `hashes must list the hashes of all the records that the sign-in decides, each once, at most ${BATCH_RECORDS}, this record's among them.`,
    );
  return { decision, hashes, by: parseSignature(body, ["decision", ...named]) };
}

function parseDenial(body: Json): DenialBody {
  onlyFields(body, ["decision", "reason", "rejected"]);
  const reason = textField(body, "reason", REASON_CHARACTERS);
  if (!isPlainText(reason)) refuse("reason must not contain control or bidirectional characters.");
  const { rejected } = body;
  if (rejected === undefined) return { decision: "deny", reason };
  const isIndex = (each: unknown): each is number => Number.isSafeInteger(each) && Number(each) >= 0;
  if (!Array.isArray(rejected) || rejected.length > 100 || !rejected.every(isIndex))
    return refuse("rejected must list indices of the record's authorization_details.");
  return { decision: "deny", reason, rejected };
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
