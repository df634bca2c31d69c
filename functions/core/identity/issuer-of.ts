import { TOKEN_CHARACTERS } from "../../../contract/limits.ts";
import { Refusal } from "../refusal.ts";
import type { Issuer } from "./issuer.ts";

const PART = /^[A-Za-z0-9_-]+$/;

/**
 * Finds the configured issuer that a token names. The token is not verified yet, so it may only select among configured issuers.
 * @throws {Refusal} token_malformed, issuer_unknown, issuer_kind.
 */
export function issuerOf(token: string, issuers: readonly Issuer[], kind: Issuer["kind"]): Issuer {
  const parts = token.length <= TOKEN_CHARACTERS ? token.split(".") : [];
  const [, payload] = parts;
  if (payload === undefined || parts.length !== 3 || !parts.every(isCanonical)) throw new Refusal("token_malformed");
  const named = unverifiedIssuer(payload);
  const issuer = issuers.find(({ url }) => url === named);
  if (!issuer) throw new Refusal("issuer_unknown");
  if (issuer.kind !== kind) throw new Refusal("issuer_kind");
  return issuer;
}

/** True for canonical base64url, without padding, white space or stray bits: each token has one spelling. */
const isCanonical = (part: string): boolean =>
  PART.test(part) && Buffer.from(part, "base64url").toString("base64url") === part;

function unverifiedIssuer(payload: string): unknown {
  try {
    return (JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { iss?: unknown } | null)?.iss;
  } catch {
    throw new Refusal("token_malformed");
  }
}
