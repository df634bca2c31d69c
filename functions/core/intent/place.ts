import { Refusal } from "../refusal.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Positions of parsed details. A detail with statements becomes several details, so an index would not identify it. */
const positions = new WeakMap<object, string>();

/**
 * Returns the detail's position in the intent that it was parsed from: `authorization_details[0].statements[1]`. For
 * other details, returns the position of the index.
 */
export const placeOf = (detail: object, index: number): string =>
  `authorization_details${positions.get(detail) ?? `[${index}]`}`;

/** Position in an intent, for refusals: `authorization_details[0].actions`. */
export class Place {
  readonly #path: string;
  constructor(path: string) {
    this.#path = path;
  }
  /** Stores the detail's position for later refusals (`placeOf`). */
  keep<T extends object>(detail: T): T {
    positions.set(detail, this.#path);
    return detail;
  }
  /** Returns the position of a field or an entry below this one. */
  at(step: string): Place {
    return new Place(step.startsWith("[") ? this.#path + step : `${this.#path}.${step}`);
  }
  /**
   * Refuses the intent. @param what predicate of the sentence: "must be a list".
   * @throws {Refusal} intent_invalid, always.
   */
  refuse(what: string): never {
    throw new Refusal("intent_invalid", { say: `authorization_details${this.#path} ${what}.` });
  }
  /** Refuses the intent. @param problem whole sentence. @throws {Refusal} intent_invalid, always. */
  explain(problem: string): never {
    throw new Refusal("intent_invalid", { say: `authorization_details${this.#path}: ${problem}` });
  }
  /** Refuses a detail with unknown fields. @throws {Refusal} intent_invalid. */
  refuseUnknown(detail: JsonObject, known: readonly string[]): void {
    // The unknown name is untrusted text, so the refusal does not quote it.
    if (Object.keys(detail).some((name) => !known.includes(name))) this.refuse(`may hold only ${known.join(", ")}`);
  }
}

/**
 * Parses a list of strings, `["s3:GetObject"]`, and removes repeats.
 * @param most entries.
 * @param mostCharacters of each entry.
 * @throws {Refusal} intent_invalid.
 */
export function strings(value: unknown, place: Place, most: number, mostCharacters: number): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) return place.refuse("must be a list of at least one string");
  if (value.length > most) return place.refuse(`may hold ${most} entries`);
  for (const [index, entry] of value.entries()) {
    if (typeof entry !== "string" || entry.length === 0)
      return place.at(`[${index}]`).refuse("must be a string that is not empty");
    if (entry.length > mostCharacters) return place.at(`[${index}]`).refuse(`may have ${mostCharacters} characters`);
  }
  return [...new Set(value as string[])];
}
