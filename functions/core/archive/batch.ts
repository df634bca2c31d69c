import { createHash } from "node:crypto";
import { jsonFields } from "../text/json-fields.ts";
import { MOST_COLLECTED } from "./archive-keys.ts";
import { type ArchivedEvent, entryOf } from "./entry.ts";

/** Folder of events that wait for their place in the log. */
export const INCOMING = "incoming/";

/** Entries that came in together, with the facts that are too large for them. */
export interface Batch {
  readonly entries: readonly Buffer[];
  readonly facts: readonly Buffer[];
}

/**
 * Writes events as one batch. The key sorts by time. The same events within a minute have the same key, so a retry adds
 * no second batch.
 */
export function batchOf(
  events: readonly ArchivedEvent[],
  atMs: number,
): { readonly key: string; readonly body: Buffer } {
  const entries = events.map(entryOf);
  const texts = (bytes: readonly Buffer[]) => bytes.map((each) => each.toString("utf8"));
  const body = Buffer.from(
    JSON.stringify({
      entries: texts(entries.map(({ bytes }) => bytes)),
      facts: texts(entries.flatMap(({ facts }) => (facts ? [facts] : []))),
    }),
  );
  const minute = new Date(atMs).toISOString().slice(0, 16);
  return { key: `${INCOMING}${minute}Z-${createHash("sha256").update(body).digest("hex")}`, body };
}

/** Decision about the order of the next entries. All other content of the archive follows from these decisions. */
export interface Order {
  readonly entries: readonly Buffer[];
  /** Keys of the batches that contained the entries; these are removed last. */
  readonly batches: readonly string[];
}

/** Key of the decision about the entries after a tree of this size; sorts by size. */
export const orderKey = (size: number): string => `order/${String(size).padStart(15, "0")}`;

export const orderText = ({ entries, batches }: Order): Buffer =>
  Buffer.from(JSON.stringify({ batches, entries: entries.map((entry) => entry.toString("utf8")) }));

/** Reads a decision. @returns undefined where the object is not a decision. */
export function parseOrder(body: Buffer): Order | undefined {
  const { batches, entries } = jsonFields(body.toString("utf8"));
  if (!isTexts(batches) || !isTexts(entries) || entries.length === 0) return undefined;
  return { batches, entries: entries.map((entry) => Buffer.from(entry)) };
}

/**
 * Upper bound on the bytes of a batch. The stream delivers 6 MB at once, and escaping JSON in a JSON string at most
 * doubles it. A decision about the order contains the batches of a step, the last of which may exceed the step's bound.
 * Such a decision stays far below the limit of a reader (`MOST_OBJECT_BYTES`).
 */
export const MOST_BATCH_BYTES = 16_777_216;

/** Reads a batch. @returns undefined where the object is not a batch, or is larger than any batch. */
export function parseBatch(body: Buffer): Batch | undefined {
  if (body.length > MOST_BATCH_BYTES) return undefined;
  const { entries, facts } = jsonFields(body.toString("utf8"));
  if (!isTexts(entries) || !isTexts(facts)) return undefined;
  if (Math.max(entries.length, facts.length) > MOST_COLLECTED) return undefined;
  return { entries: entries.map((entry) => Buffer.from(entry)), facts: facts.map((each) => Buffer.from(each)) };
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
