import { readFile } from "node:fs/promises";
import { jsonFields } from "../../functions/core/text/json-fields.ts";
import type { LogFault } from "./log-fault.ts";

/** Fault of a log that somebody has looked into, with the reason why it is there. */
export type KnownFault =
  /** Event that is left out of its journal, by its hash: everything else of the journal is verified as before. */
  | { readonly event: string; readonly reason: string }
  /** Fault by its exact words, as `valetkey audit verify --json` prints them. */
  | { readonly what: string; readonly found: string; readonly reason: string };

/** Reads a file of known faults. @returns undefined where the file holds none, or something else. */
export async function readKnownFaults(file: string): Promise<readonly KnownFault[] | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const { known } = jsonFields(text);
  return Array.isArray(known) && known.length > 0 && known.every(isKnownFault) ? known : undefined;
}

function isKnownFault(value: unknown): value is KnownFault {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const fields = Object.entries(value);
  if (!fields.every(([, text]) => typeof text === "string" && text.trim() !== "")) return false;
  const names = fields
    .map(([name]) => name)
    .toSorted()
    .join(" ");
  return names === "event reason" || names === "found reason what";
}

/** Hashes of the events that are left out of their journals. */
export const leftOutBy = (known: readonly KnownFault[]): ReadonlySet<string> =>
  new Set(known.flatMap((each) => ("event" in each ? [each.event] : [])));

/** Faults of a log's journals, with those that are known set apart. */
export interface SortedFaults {
  readonly faults: readonly LogFault[];
  /** Known faults that the log has, each with the reason that was given. */
  readonly known: readonly (LogFault & { readonly reason: string })[];
  /** Known faults that the log does not have. */
  readonly unmatched: readonly KnownFault[];
}

/**
 * Sets known faults apart. A fault is known by all of its words, so that no other fault hides behind it. A fault that
 * hides others is not known by its words: an event has to be left out, and the rest of the journal is verified.
 * @param faults faults of journals. Faults of the tree are nobody's to excuse: its bytes are not those that were signed.
 * @param leftOut names of the events that were left out, by their hashes.
 */
export function sortFaults(
  faults: readonly LogFault[],
  known: readonly KnownFault[],
  leftOut: ReadonlyMap<string, string>,
): SortedFaults {
  const reasons = new Map(known.flatMap((each) => ("event" in each ? [] : [[wordsOf(each), each.reason] as const])));
  const found = faults.flatMap((fault) => {
    const reason = fault.hides ? undefined : reasons.get(wordsOf(fault));
    return reason === undefined ? [] : [{ ...fault, reason }];
  });
  const events = known.flatMap((each) => {
    const what = "event" in each ? leftOut.get(each.event) : undefined;
    return what === undefined
      ? []
      : [{ kind: "tampered" as const, what, found: "the event is left out of its journal", reason: each.reason }];
  });
  const matched = new Set(found.map(wordsOf));
  return {
    faults: faults.filter((fault) => !matched.has(wordsOf(fault))),
    known: [...found, ...events],
    unmatched: known.filter((each) => !("event" in each ? leftOut.has(each.event) : matched.has(wordsOf(each)))),
  };
}

const wordsOf = ({ what, found }: Pick<LogFault, "what" | "found">): string => JSON.stringify([what, found]);
