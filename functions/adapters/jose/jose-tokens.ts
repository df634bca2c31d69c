import { createHash } from "node:crypto";
import { type CompactVerifyGetKey, compactVerify, errors, exportJWK, type JWTVerifyGetKey } from "jose";
import { parseClaims } from "../../core/identity/claims.ts";
import type { Issuer } from "../../core/identity/issuer.ts";
import type { PublicKey, Tokens, VerifiedToken } from "../../core/identity/tokens.ts";
import { Refusal } from "../../core/refusal.ts";
import {
  KEY_SET_BYTES,
  KEY_SET_TIMEOUT_MS,
  keySetAt,
  keysUrlOf,
  REST_MS,
  readIssuerDocument,
  unreachable,
} from "../http/key-sets.ts";
import { type ReadDocument, readDocument } from "../http/read-document.ts";
import { remoteKeys } from "./remote-keys.ts";

/** Time for which keys are cached, after which a withdrawn key stops working in a warm function; milliseconds. */
const KEYS_MS = 300_000;
/** Shortest time between two reads of the keys that an unknown `kid` causes; milliseconds. */
const COOLDOWN_MS = 10_000;
interface KnownKeys {
  readonly keys: JWTVerifyGetKey;
  /** Moment after which the location of the keys is discovered again. */
  readonly until: number;
}

/** Verifies tokens with `jose`, only against keys from the location in the issuer's configuration. */
export class JoseTokens implements Tokens {
  readonly #known = new Map<string, Promise<KnownKeys>>();
  readonly #restUntil = new Map<string, number>();
  readonly #nowMs: () => number;
  readonly #read: ReadDocument;

  constructor(nowMs: () => number, read: ReadDocument = readDocument(KEY_SET_TIMEOUT_MS, KEY_SET_BYTES)) {
    this.#nowMs = nowMs;
    this.#read = read;
  }

  async verify(token: string, issuer: Issuer, typ?: string): Promise<VerifiedToken> {
    const { publicKey } = await this.#verified(token, issuer, typ);
    const signingInput = token.slice(0, token.lastIndexOf("."));
    const [header = "", payload = ""] = signingInput.split(".");
    return {
      claims: parseClaims(header, payload),
      signingInputHash: createHash("sha256").update(signingInput).digest("base64url"),
      publicKey,
    };
  }

  async #verified(token: string, issuer: Issuer, typ: string | undefined): Promise<Verified> {
    try {
      return await verifySignature(token, await this.#keysOf(issuer), issuer, typ);
    } catch (error) {
      if (error instanceof Refusal && error.isOutage && !this.#isResting(issuer)) {
        this.#restUntil.set(issuer.name, this.#nowMs() + REST_MS);
      }
      throw error;
    }
  }

  #isResting(issuer: Issuer): boolean {
    return this.#nowMs() < (this.#restUntil.get(issuer.name) ?? 0);
  }

  /** Reads a JSON document of an issuer. Refuses without a request during the pause after an outage; cached keys remain in use meanwhile. */
  async #document(url: URL, issuer: Issuer): Promise<Readonly<Record<string, unknown>>> {
    if (this.#isResting(issuer)) throw unreachable("in the pause after an outage");
    return readIssuerDocument(url, this.#read);
  }

  async #keysOf(issuer: Issuer): Promise<JWTVerifyGetKey> {
    const known = this.#known.get(issuer.name);
    if (known) {
      const { keys, until } = await known;
      if (this.#nowMs() < until) return keys;
    }
    const looking = this.#lookUp(issuer);
    this.#known.set(issuer.name, looking);
    try {
      return (await looking).keys;
    } catch (error) {
      // Does not cache an outage: the next request tries again.
      if (this.#known.get(issuer.name) === looking) this.#known.delete(issuer.name);
      throw error;
    }
  }

  async #lookUp(issuer: Issuer): Promise<KnownKeys> {
    const document = (at: URL) => this.#document(at, issuer);
    const url = await keysUrlOf(issuer, document);
    const read = () => keySetAt(url, document);
    const keys = remoteKeys(read, this.#nowMs, { keysMs: KEYS_MS, coolDownMs: COOLDOWN_MS });
    return { keys, until: this.#nowMs() + KEYS_MS * 12 };
  }
}

/** Key that verified a token. */
type Verified = Pick<VerifiedToken, "publicKey">;

async function verifySignature(
  token: string,
  keys: JWTVerifyGetKey,
  issuer: Issuer,
  wanted: string | undefined,
): Promise<Verified> {
  try {
    const { protectedHeader, key } = await compactVerify(token, keys as CompactVerifyGetKey, {
      algorithms: [...issuer.algorithms],
    });
    // RFC 8725, section 3.11: refuses a token that was issued for another purpose.
    const { typ, crit } = protectedHeader;
    const isPlain = typ === undefined || (typeof typ === "string" && /^(application\/)?(at\+)?jwt$/i.test(typ));
    if (wanted === undefined ? !isPlain : typ !== wanted) throw new Refusal("token_signature", { why: "typ" });
    // RFC 7797, section 7: no JWT has an unencoded payload. The library knows no other extension.
    if (crit !== undefined) throw new Refusal("token_signature", { why: "crit" });
    return { publicKey: () => publicJwk(key, protectedHeader.kid) };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (isOfPublishedKeys(error)) throw unreachable(error.name);
    throw new Refusal("token_signature", { why: error instanceof errors.JOSEError ? error.code : "unknown" });
  }
}

/** Writes a key as a JWK of text members, all of them public. */
async function publicJwk(key: Parameters<typeof exportJWK>[0], kid: string | undefined): Promise<PublicKey> {
  const { kty, crv, x, y, n, e } = await exportJWK(key);
  const members = Object.entries({ kid, kty, crv, x, y, n, e });
  return Object.fromEntries(members.filter((each): each is [string, string] => typeof each[1] === "string"));
}

/**
 * Returns true for an error of the issuer's published keys, such as a private key or an unusable one. The token is then
 * neither valid nor invalid.
 */
const isOfPublishedKeys = (error: unknown): error is Error =>
  error instanceof errors.JWKSInvalid || error instanceof TypeError || error instanceof SyntaxError;
