import { createHash } from "node:crypto";
import { type Claims, parseClaims } from "../../../functions/core/identity/claims.ts";
import type { Tokens, VerifiedToken } from "../../../functions/core/identity/tokens.ts";
import { Refusal } from "../../../functions/core/refusal.ts";

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Makes a token that `FakeTokens` accepts. */
export const fakeToken = (claims: Claims, typ = "JWT"): string =>
  `${encode({ alg: "ES256", typ, kid: "key-1" })}.${encode(claims)}.c2lnbmVk`;

/** Fake verification that accepts the signature `signed` and refuses every other. */
export class FakeTokens implements Tokens {
  before: () => void | Promise<void> = () => undefined;

  async verify(token: string, _issuer?: unknown, typ = "JWT"): Promise<VerifiedToken> {
    await this.before();
    const [header = "", payload = "", signature] = token.split(".");
    const { typ: told } = JSON.parse(Buffer.from(header, "base64url").toString("utf8")) as { readonly typ?: string };
    if (signature !== "c2lnbmVk" || told !== typ) throw new Refusal("token_signature");
    return {
      claims: parseClaims(header, payload),
      signingInputHash: createHash("sha256").update(`${header}.${payload}`).digest("base64url"),
      publicKey: async () => ({ kid: "key-1", kty: "EC" }),
    };
  }
}
