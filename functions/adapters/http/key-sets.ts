import type { JSONWebKeySet } from "jose";
import type { Issuer } from "../../core/identity/issuer.ts";
import { Refusal } from "../../core/refusal.ts";
import type { ReadDocument } from "./read-document.ts";

/** Longest read of an issuer's document; milliseconds. */
export const KEY_SET_TIMEOUT_MS = 1_500;
/** Upper bound on the bytes of an issuer's document. */
export const KEY_SET_BYTES = 262_144;
/** Pause after an issuer could not be reached; milliseconds. A flood of tokens in its name must not become a flood of requests to it. */
export const REST_MS = 2_000;

/** JSON document of an issuer. */
type JsonDocument = Readonly<Record<string, unknown>>;

/**
 * Reads a JSON document of an issuer.
 * @throws {Refusal} issuer_unreachable for any fault.
 */
export async function readIssuerDocument(url: URL, read: ReadDocument): Promise<JsonDocument> {
  try {
    const { status, body } = await read(url);
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

/**
 * Finds the URL of an issuer's keys: the configured one, or the one of its document (OpenID Connect Discovery). The
 * document must name this issuer, and keys at a URL that may be read.
 * @throws {Refusal} issuer_unreachable.
 */
export async function keysUrlOf(issuer: Issuer, read: (url: URL) => Promise<JsonDocument>): Promise<URL> {
  if (issuer.jwksUrl !== undefined) return new URL(issuer.jwksUrl);
  const document = await read(new URL(`${issuer.url.replace(/\/$/, "")}/.well-known/openid-configuration`));
  const { issuer: named, jwks_uri: place } = document;
  if (named !== issuer.url || typeof place !== "string") throw unreachable("discovery is not this issuer's document");
  if (!mayBeFetched(place, issuer.url)) throw unreachable("keys at a place that is not fetched");
  if (isAnonymous(issuer, document)) throw unreachable("pairwise subjects, and no person claim in valetkey.json");
  return new URL(place);
}

/** Reads an issuer's keys. @throws {Refusal} issuer_unreachable. */
export async function keySetAt(url: URL, read: (url: URL) => Promise<JsonDocument>): Promise<JSONWebKeySet> {
  const document = await read(url);
  if (!isKeySet(document)) throw unreachable("keys are no key set");
  return document;
}

/** Returns true for a JWK Set (RFC 7517, section 5), whose keys are objects. */
const isKeySet = (document: JsonDocument): document is JsonDocument & JSONWebKeySet =>
  Array.isArray(document.keys) && document.keys.every((key) => typeof key === "object" && key !== null);

/**
 * Returns true for an issuer whose tokens do not identify a person at every client. With pairwise subjects alone, each
 * client gets another `sub` for one person (OpenID Connect Core 1.0, section 8). The owner of an agent could then
 * approve as somebody else.
 */
const isAnonymous = ({ kind, person }: Issuer, { subject_types_supported: types }: JsonDocument): boolean =>
  kind === "people" &&
  person === undefined &&
  Array.isArray(types) &&
  types.includes("pairwise") &&
  !types.includes("public");

/** Makes the refusal of an issuer whose keys cannot be had. */
export const unreachable = (why: string): Refusal =>
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
