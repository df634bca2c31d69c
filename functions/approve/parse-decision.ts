import { BATCH_RECORDS } from "../core/approvals/approval-record.ts";
import { STORED_VOTES } from "../core/approvals/stored-approval.ts";
import { Refusal } from "../core/refusal.ts";
import { isPlainText } from "../core/text/plain-text.ts";

type Json = Readonly<Record<string, unknown>>;

/** Approval by an ID token, or by the code of the sign-in that gives one. `break_glass`: the person gives it alone. */
export interface AskedApproval {
  readonly decision: "approve" | "break_glass";
  /** Hashes of all the records that the sign-in decides. */
  readonly hashes: readonly string[];
  readonly by:
    | { readonly vote: string }
    | { readonly code: string; readonly verifier: string; readonly redirectUri: string };
}

/** Denial, with what the person says about it. */
export interface AskedDenial {
  readonly decision: "deny";
  readonly reason: string;
  /** Indices of the details that the person rejects. */
  readonly rejected?: readonly number[];
}

/** Longest reason; characters. */
const REASON_CHARACTERS = 500;
/** Longest code and verifier; characters. RFC 7636 ends a verifier at 128. */
const CODE_CHARACTERS = 2_048;
const HASH = /^[A-Za-z0-9_-]{43}$/;

/**
 * Parses the body of a decision: `{decision: "approve", vote, hashes?}`, `{decision: "break_glass", vote}` (both take a code in place of the vote),
 * `{decision: "approve", code, code_verifier, redirect_uri, hashes?}` or
 * `{decision: "deny", reason, rejected?}`.
 * @param hash hash of the record; alone where the body names none.
 * @throws {Refusal} malformed_request, which says what the body takes.
 */
export function parseDecision(body: Json, hash: string): AskedApproval | AskedDenial {
  if (body.decision === "deny") return parseDenial(body);
  const { decision } = body;
  if (decision !== "approve" && decision !== "break_glass")
    return refuse('decision must be "approve", "break_glass" or "deny".');
  // A broken glass is of one request: nobody breaks several by one sign-in.
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
  if ("vote" in body) {
    only(body, ["decision", "vote", ...named]);
    return { decision, hashes, by: { vote: text(body, "vote", STORED_VOTES.tokenCharacters) } };
  }
  only(body, ["decision", "code", "code_verifier", "redirect_uri", ...named]);
  const [code, verifier] = [text(body, "code", CODE_CHARACTERS), text(body, "code_verifier", 128)];
  return { decision, hashes, by: { code, verifier, redirectUri: text(body, "redirect_uri", 2_048) } };
}

function parseDenial(body: Json): AskedDenial {
  only(body, ["decision", "reason", "rejected"]);
  const reason = text(body, "reason", REASON_CHARACTERS);
  if (!isPlainText(reason)) refuse("reason must not contain control or bidirectional characters.");
  const { rejected } = body;
  if (rejected === undefined) return { decision: "deny", reason };
  const isIndex = (each: unknown): each is number => Number.isSafeInteger(each) && Number(each) >= 0;
  if (!Array.isArray(rejected) || rejected.length > 100 || !rejected.every(isIndex))
    return refuse("rejected must list indices of the record's authorization_details.");
  return { decision: "deny", reason, rejected };
}

function only(body: Json, fields: readonly string[]): void {
  if (Object.keys(body).some((name) => !fields.includes(name))) refuse(`The fields are ${fields.join(", ")}.`);
}

function text(body: Json, name: string, most: number): string {
  const value = body[name];
  if (typeof value !== "string" || value.trim() === "" || value.length > most)
    return refuse(`${name} must be text of 1 to ${most} characters.`);
  return value;
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
