import { STORED_VOTES } from "../../core/approvals/stored-approval.ts";
import { Refusal } from "../../core/refusal.ts";

type Json = Readonly<Record<string, unknown>>;

/** Signature of a person in a request: an ID token, or the code of a sign-in that yields one. */
export type Signature =
  | { readonly vote: string }
  | { readonly code: string; readonly verifier: string; readonly redirectUri: string };

/** Longest code; characters. RFC 7636 bounds a verifier at 128. */
const CODE_CHARACTERS = 2_048;

/**
 * Parses the signature in a body: `{vote}` or `{code, code_verifier, redirect_uri}`.
 * @param beside further fields that the body may have.
 * @throws {Refusal} malformed_request with the fields that the body may have.
 */
export function parseSignature(body: Json, beside: readonly string[] = []): Signature {
  if ("vote" in body) {
    onlyFields(body, [...beside, "vote"]);
    return { vote: textField(body, "vote", STORED_VOTES.tokenCharacters) };
  }
  onlyFields(body, [...beside, "code", "code_verifier", "redirect_uri"]);
  const [code, verifier] = [textField(body, "code", CODE_CHARACTERS), textField(body, "code_verifier", 128)];
  return { code, verifier, redirectUri: textField(body, "redirect_uri", 2_048) };
}

/** @throws {Refusal} malformed_request where the body has another field. */
export function onlyFields(body: Json, fields: readonly string[]): void {
  if (Object.keys(body).some((name) => !fields.includes(name))) refuse(`The fields are ${fields.join(", ")}.`);
}

/** Reads a field that is text of at most so many characters. @throws {Refusal} malformed_request. */
export function textField(body: Json, name: string, most: number): string {
  const value = body[name];
  if (typeof value !== "string" || value.trim() === "" || value.length > most)
    return refuse(`${name} must be text of 1 to ${most} characters.`);
  return value;
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
