import type { Tokens } from "./issuer.ts";

/** Signed-in person. The token is in the page's memory and nowhere else. */
export interface Session {
  readonly token: string;
  /** Name of the issuer in the settings. */
  readonly issuer: string;
  /** Name to greet with; unverified, since the API verifies the token. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Picks the token that the API accepts: the one whose only audience is the API, as `valetkey login` does.
 * @param nonce nonce of the request, which an ID token must contain.
 * @returns the session, or a sentence about what is missing.
 */
export function sessionFrom(
  tokens: Tokens,
  { audience, nonce, issuer }: { readonly audience: string; readonly nonce: string; readonly issuer: string },
): Session | string {
  const known = claimsOf(tokens.id_token);
  if (known && known.nonce !== nonce) return `${issuer} answered another sign-in than this page's. Sign in again.`;
  for (const token of [tokens.access_token, tokens.id_token]) {
    const claims = claimsOf(token);
    if (typeof token !== "string" || !claims || !isOnly(claims.aud, audience)) continue;
    return { token, issuer, name: nameIn({ ...claims, ...known }), expiresAtMs: Number(claims.exp) * 1_000 || 0 };
  }
  return `${issuer} issued no token for ${audience}. Operators can correct this in valetkey.json: \`parameters\` of the issuer's console.`;
}

/**
 * Picks the vote out of an issuer's answer. The token came from the issuer itself (OpenID Connect Core, section 3.1.3.7), and the exchange verifies it again.
 * @returns the ID token, or a sentence. A token with another nonce must not be sent.
 */
export function voteFrom(
  tokens: Tokens,
  { url, client, nonce }: { readonly url: string; readonly client: string; readonly nonce: string },
): { readonly token: string } | string {
  const token = tokens.id_token;
  const claims = claimsOf(token);
  if (typeof token !== "string" || !claims)
    return "The issuer answered without an ID token. Nothing was sent; tell your operators.";
  if (claims.nonce !== nonce) return "The sign-in was for another request than the one on this page. Nothing was sent.";
  if (claims.iss !== url || !isOnly(claims.aud, client))
    return "The sign-in was for another client or issuer. Nothing was sent; tell your operators.";
  return { token };
}

const isOnly = (aud: unknown, expected: string): boolean => {
  const all = [aud].flat();
  return all.length === 1 && all[0] === expected;
};

const nameIn = (claims: Claims): string => {
  const [name = "somebody"] = [claims.name, claims.preferred_username, claims.email, claims.sub].filter(
    (claim): claim is string => typeof claim === "string" && claim !== "",
  );
  return name.slice(0, 64);
};

/** Parses a JWT's claims, unverified; undefined for another text. */
function claimsOf(token: unknown): Claims | undefined {
  try {
    const [, payload = ""] = String(token).split(".");
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (each) =>
      each.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null && !Array.isArray(claims) ? (claims as Claims) : undefined;
  } catch {
    return undefined;
  }
}
