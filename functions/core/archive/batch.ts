import { createHash } from "node:crypto";
import { jsonFields } from "../text/json-fields.ts";
import { MOST_COLLECTED } from "./archive-keys.ts";
import { type ArchivedEvent, entryOf } from "./entry.ts";

/** Folder of events that wait for their place in the log. */
export const INCOMING = "incoming/";

/** Entries that came in together, with the facts that do not fit into them. */
export interface Batch {
  readonly entries: readonly Buffer[];
  readonly facts: readonly Buffer[];
}

/** Writes events as one batch. Its key sorts by time, and is the same for the same events within a minute, so that a retry adds no second batch. */
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

/** Decision about the order of the next entries. Everything else of the archive follows from these decisions. */
export interface Order {
  readonly entries: readonly Buffer[];
  /** Keys of the batches that the entries came in; these are removed at last. */
  readonly batches: readonly string[];
}

/** Key of the decision about what follows a tree of this size; sorts by size. */
export const orderKey = (size: number): string => `order/${String(size).padStart(15, "0")}`;

export const orderText = ({ entries, batches }: Order): Buffer =>
  Buffer.from(JSON.stringify({ batches, entries: entries.map((entry) => entry.toString("utf8")) }));

/** Reads a decision. @returns undefined where the object is none. */
export function parseOrder(body: Buffer): Order | undefined {
  const { batches, entries } = jsonFields(body.toString("utf8"));
  if (!isTexts(batches) || !isTexts(entries) || entries.length === 0) return undefined;
  return { batches, entries: entries.map((entry) => Buffer.from(entry)) };
}

/**
 * Most bytes of a batch. The stream hands over 6 MB at once, and a text grows by no more than half of its quotes twice. With what a step has before it takes
 * the last batch, a decision about the order stays far below what a reader takes (`MOST_OBJECT_BYTES`).
 */
export const MOST_BATCH_BYTES = 16_777_216;

/** Reads a batch. @returns undefined where the object is none, or larger than one can be. */
export function parseBatch(body: Buffer): Batch | undefined {
  if (body.length > MOST_BATCH_BYTES) return undefined;
  const { entries, facts } = jsonFields(body.toString("utf8"));
  if (!isTexts(entries) || !isTexts(facts)) return undefined;
  if (Math.max(entries.length, facts.length) > MOST_COLLECTED) return undefined;
  return { entries: entries.map((entry) => Buffer.from(entry)), facts: facts.map((each) => Buffer.from(each)) };
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
