import { createHash } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import { JOURNALS, type JournalName } from "../../../contract/journal-types.ts";
import type { Facts, LinkedEvent } from "../journal/event.ts";
import { jsonFields } from "../text/json-fields.ts";
import { MOST_ENTRY_BYTES } from "./tiles.ts";

/** Event with its journal: the content of an archive entry. */
export interface ArchivedEvent extends LinkedEvent {
  readonly journal: JournalName;
}

/** Entry of the archive. Facts that are too large for an entry are an object of their own. */
export interface Entry {
  readonly bytes: Buffer;
  readonly facts?: Buffer;
}

/** Writes an event as an entry: canonical JSON, so that equal events are equal bytes. */
export function entryOf(event: ArchivedEvent): Entry {
  const bytes = Buffer.from(canonicalJson(event));
  if (bytes.length <= MOST_ENTRY_BYTES) return { bytes };
  const facts = Buffer.from(canonicalJson(event.facts));
  const { facts: _, ...rest } = event;
  return { bytes: Buffer.from(canonicalJson({ ...rest, factsIn: sha256Of(facts) })), facts };
}

/** SHA-256 of facts, by which an entry names them; base64url. */
export const sha256Of = (facts: Buffer): string => createHash("sha256").update(facts).digest("base64url");

/** Key of the object that holds an entry's facts. */
export const factsKey = (sha256: string): string => `facts/${sha256}`;

/** Entry as it was read. `factsIn` names the object with its facts, where they are not in the entry. */
export type ReadEntry = ArchivedEvent | (Omit<ArchivedEvent, "facts"> & { readonly factsIn: string });

/** Upper bound on the levels of an entry: DynamoDB accepts 32 in an item. */
const MOST_LEVELS = 64;

/** Latest moment that a date can be; milliseconds (ECMA-262: time values). */
const LATEST_MS = 8_640_000_000_000_000;

/**
 * Reads an entry. A reader can safely traverse its levels, and write its time as a date.
 * @returns undefined where the bytes are not an entry, or are written in any other form.
 */
export function parseEntry(bytes: Buffer): ReadEntry | undefined {
  if (bytes.length > MOST_ENTRY_BYTES) return undefined;
  const text = bytes.toString("utf8");
  const fields = jsonFields(text);
  if (isDeeperThan(MOST_LEVELS, fields) || canonicalJson(fields) !== text) return undefined;
  const { journal, of, n, type, at, previous, hash, facts, factsIn } = fields;
  if (!isJournal(journal) || typeof of !== "string" || typeof type !== "string") return undefined;
  if (typeof n !== "number" || typeof at !== "number" || typeof previous !== "string" || typeof hash !== "string")
    return undefined;
  if (Math.abs(at) > LATEST_MS) return undefined;
  const head = { journal, of, n, type, at, previous, hash };
  if (typeof factsIn === "string") return { ...head, factsIn };
  return isFacts(facts) ? { ...head, facts } : undefined;
}

/**
 * Joins an entry and its facts.
 * @param body object of facts that the entry names.
 * @returns undefined where these are not the entry's facts.
 */
export function withFacts(entry: ReadEntry, body: Buffer | undefined): ArchivedEvent | undefined {
  if (!("factsIn" in entry)) return entry;
  const { factsIn, ...rest } = entry;
  const facts = body && parseFacts(body, factsIn);
  return facts && { ...rest, facts };
}

/** Reads facts from an object of their own. @returns undefined where they are not the facts that the entry names. */
function parseFacts(body: Buffer, sha256: string): Facts | undefined {
  if (sha256Of(body) !== sha256) return undefined;
  const facts: unknown = jsonFields(body.toString("utf8"));
  return isFacts(facts) && !isDeeperThan(MOST_LEVELS, facts) ? facts : undefined;
}

/** True for a value with more levels than that. Deeper levels are not traversed. */
const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((each) => isDeeperThan(levels - 1, each)));

const isJournal = (value: unknown): value is JournalName => JOURNALS.some((name) => name === value);
const isFacts = (value: unknown): value is Facts =>
  typeof value === "object" && value !== null && !Array.isArray(value);
