import { createHash } from "node:crypto";
import {
  type CompactVerifyGetKey,
  compactVerify,
  errors,
  exportJWK,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from "jose";
import type { Claims } from "../../core/identity/claims.ts";
import type { Issuer } from "../../core/identity/issuer.ts";
import type { PublicKey, Tokens, VerifiedToken } from "../../core/identity/tokens.ts";
import { Refusal } from "../../core/refusal.ts";
import { type ReadDocument, readDocument } from "../http/read-document.ts";
import { remoteKeys } from "./remote-keys.ts";

/** Time for which keys are cached, after which a withdrawn key stops working in a warm function; milliseconds. */
const KEYS_MS = 300_000;
/** Shortest time between two reads of the keys that an unknown `kid` causes; milliseconds. */
const COOLDOWN_MS = 10_000;
const TIMEOUT_MS = 1_500;
/**
 * Pause after an issuer could not be reached; milliseconds. A flood of tokens in its name must not become a flood of
 * requests to it.
 */
const REST_MS = 2_000;
const DOCUMENT_BYTES = 262_144;

/** Members of an issuer's discovery document that are read. */
interface DiscoveryDocument {
  readonly issuer?: unknown;
  readonly jwks_uri?: unknown;
  readonly subject_types_supported?: unknown;
}

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

  constructor(nowMs: () => number, read: ReadDocument = readDocument(TIMEOUT_MS, DOCUMENT_BYTES)) {
    this.#nowMs = nowMs;
    this.#read = read;
  }

  async verify(token: string, issuer: Issuer, typ?: string): Promise<VerifiedToken> {
    const { payload, publicKey } = await this.#verified(token, issuer, typ);
    const signingInput = token.slice(0, token.lastIndexOf("."));
    return {
      claims: parseClaims(payload),
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

  /**
   * Reads a JSON document of an issuer. Refuses without a request during the pause after an outage; cached keys remain
   * in use meanwhile.
   * @throws {Refusal} issuer_unreachable for any fault.
   */
  async #document(url: URL, issuer: Issuer): Promise<Readonly<Record<string, unknown>>> {
    if (this.#isResting(issuer)) throw unreachable("in the pause after an outage");
    try {
      const { status, body } = await this.#read(url);
      if (status !== 200) throw unreachable(`the answer is a ${status}`);
      const document: unknown = JSON.parse(body.toString("utf8"));
      if (typeof document !== "object" || document === null) throw unreachable("the document is no object");
      return { ...document };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      // Copies the name only: a parser's message quotes its input.
      throw unreachable(error instanceof Error ? error.name : "unknown");
    }
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
    const url = new URL(issuer.jwksUrl ?? (await this.#discover(issuer)));
    const read = async (): Promise<JSONWebKeySet> => {
      const document = await this.#document(url, issuer);
      if (!isKeySet(document)) throw unreachable("keys are no key set");
      return document;
    };
    const keys = remoteKeys(read, this.#nowMs, { keysMs: KEYS_MS, coolDownMs: COOLDOWN_MS });
    return { keys, until: this.#nowMs() + KEYS_MS * 12 };
  }

  /** Discovers the URL of the keys (OpenID Connect Discovery). The document must name this issuer, and keys at a URL that may be read. */
  async #discover(issuer: Issuer): Promise<string> {
    const url = new URL(`${issuer.url.replace(/\/$/, "")}/.well-known/openid-configuration`);
    const document: DiscoveryDocument = await this.#document(url, issuer);
    if (document.issuer !== issuer.url || typeof document.jwks_uri !== "string")
      throw unreachable("discovery is not this issuer's document");
    if (!mayBeFetched(document.jwks_uri, issuer.url)) throw unreachable("keys at a place that is not fetched");
    if (isAnonymous(issuer, document)) throw unreachable("pairwise subjects, and no person claim in valetkey.json");
    return document.jwks_uri;
  }
}

/** Returns true for a JWK Set (RFC 7517, section 5), whose keys are objects. */
const isKeySet = (
  document: Readonly<Record<string, unknown>>,
): document is Readonly<Record<string, unknown>> & JSONWebKeySet =>
  Array.isArray(document.keys) && document.keys.every((key) => typeof key === "object" && key !== null);

/**
 * Returns true for an issuer whose tokens do not identify a person at every client. With pairwise subjects alone, each
 * client gets another `sub` for one person (OpenID Connect Core 1.0, section 8). The owner of an agent could then
 * approve as somebody else.
 */
const isAnonymous = ({ kind, person }: Issuer, { subject_types_supported: types }: DiscoveryDocument): boolean =>
  kind === "people" &&
  person === undefined &&
  Array.isArray(types) &&
  types.includes("pairwise") &&
  !types.includes("public");

const unreachable = (why: string): Refusal =>
  new Refusal("issuer_unreachable", { why, retryAfterSeconds: REST_MS / 1_000 });

/** Returns true for https, and for loopback where the issuer itself is on loopback. */
function mayBeFetched(text: string, issuerUrl: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    url.protocol === "https:" ||
    (url.protocol === "http:" && new URL(issuerUrl).hostname === url.hostname && issuerUrl.startsWith("http:"))
  );
}

/** Payload of a token that verified, and the key that verified it. */
type Verified = { readonly payload: Uint8Array } & Pick<VerifiedToken, "publicKey">;

async function verifySignature(
  token: string,
  keys: JWTVerifyGetKey,
  issuer: Issuer,
  wanted: string | undefined,
): Promise<Verified> {
  try {
    const { payload, protectedHeader, key } = await compactVerify(token, keys as CompactVerifyGetKey, {
      algorithms: [...issuer.algorithms],
    });
    // RFC 8725, section 3.11: refuses a token that was issued for another purpose.
    const { typ, crit } = protectedHeader;
    const isPlain = typ === undefined || (typeof typ === "string" && /^(application\/)?(at\+)?jwt$/i.test(typ));
    if (wanted === undefined ? !isPlain : typ !== wanted) throw new Refusal("token_signature", { why: "typ" });
    // RFC 7797, section 7: no JWT has an unencoded payload. The library knows no other extension.
    if (crit !== undefined) throw new Refusal("token_signature", { why: "crit" });
    return { payload, publicKey: () => publicJwk(key, protectedHeader.kid) };
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

function parseClaims(payload: Uint8Array): Claims {
  try {
    const claims: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    if (typeof claims === "object" && claims !== null && !Array.isArray(claims)) return claims as Claims;
  } catch {
    // Falls through: it is not a claims set.
  }
  throw new Refusal("token_malformed");
}
