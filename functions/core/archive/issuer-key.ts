import { createHash } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import type { FactsOf } from "../../../contract/journal-events.ts";
import type { EventType } from "../../../contract/journal-types.ts";
import { EMPTY_CHAIN, nextEvent } from "../journal/event.ts";
import { entryOf, parseEntry } from "./entry.ts";

/** Type of the events by which the archive itself records the keys that people's issuers publish. */
export const ISSUER_KEY = "issuer.key_seen" satisfies EventType;

/** Reads the keys that the people's issuers publish now, each as facts of the issuer, its client for approvals, and the key. */
export type IssuerKeys = () => Promise<readonly IssuerKeyFacts[]>;

export type IssuerKeyFacts = FactsOf<typeof ISSUER_KEY>;

/** Milliseconds of an hour: keys are read once in each. */
const HOUR_MS = 3_600_000;

/** Start of the hour of a moment. Both integrators make equal bytes of one key, whichever read it. */
export const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS) * HOUR_MS;

/** Makes the entry of a key. @param atMs start of the hour in which the archive read the key. */
export function issuerKeyEntry(facts: IssuerKeyFacts, atMs: number): Buffer {
  const of = `${facts.issuer} ${digestOf(facts)} ${new Date(atMs).toISOString()}`;
  return entryOf({ journal: "deployment", ...nextEvent(EMPTY_CHAIN, of, ISSUER_KEY, atMs, facts) }).bytes;
}

/** Key of the mark that a key is in the log. */
export const issuerKeyMark = (facts: object): string => `keys/${digestOf(facts)}`;

/** Returns the mark of an entry of a key; undefined for any other entry. */
export function markOfEntry(bytes: Buffer): string | undefined {
  const entry = parseEntry(bytes);
  return entry?.type === ISSUER_KEY && "facts" in entry ? issuerKeyMark(entry.facts) : undefined;
}

const digestOf = (facts: object): string => createHash("sha256").update(canonicalJson(facts)).digest("base64url");
