import { Refusal } from "../refusal.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where in the intent something is wrong: `authorization_details[0].actions`. */
export class Place {
  readonly #path: string;
  constructor(path: string) {
    this.#path = path;
  }
  at(step: string): Place {
    return new Place(step.startsWith("[") ? this.#path + step : `${this.#path}.${step}`);
  }
  refuse(what: string): never {
    throw new Refusal("intent_invalid", { say: `authorization_details${this.#path} ${what}.` });
  }
  explain(problem: string): never {
    throw new Refusal("intent_invalid", { say: `authorization_details${this.#path}: ${problem}` });
  }
  refuseUnknown(detail: JsonObject, known: readonly string[]): void {
    // The unknown name itself is not repeated: it is the caller's text, and could be anything.
    if (Object.keys(detail).some((name) => !known.includes(name))) this.refuse(`may hold only ${known.join(", ")}`);
  }
}

/** A list of strings without repeats: `["s3:GetObject"]`. */
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
