import { visiblePlain } from "../text/plain-text.ts";

/** Upper bounds on the characters of a text, and on the elements of a list, in an event for other systems. */
const MOST_CHARACTERS = 256;
const MOST_ELEMENTS = 25;

/** Reads facts for an event of another system: each text plain and bounded. Stores whether anything was cut. */
export class PlainFacts {
  readonly #facts: Readonly<Record<string, unknown>>;
  isTruncated = false;

  constructor(facts: unknown) {
    this.#facts = typeof facts === "object" && facts !== null ? (facts as Readonly<Record<string, unknown>>) : {};
  }

  /** Returns the text of a fact; undefined where it is missing, empty, or no text. */
  text(name: string): string | undefined {
    return this.plain(this.#facts[name]);
  }

  /** Returns the number of a fact; undefined where it is none that JSON and OCSF hold exactly. */
  whole(name: string): number | undefined {
    const value = this.#facts[name];
    return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
  }

  /** Returns the objects of a list, or the one object in place of a list. */
  objects(...names: readonly string[]): readonly PlainFacts[] {
    const values = names.flatMap((name) => this.#facts[name] ?? []);
    return this.#bounded(values).map((value) => new PlainFacts(value));
  }

  /** Returns the texts of a list. */
  texts(name: string): readonly string[] {
    const value = this.#facts[name];
    const values = Array.isArray(value) ? value : [];
    return this.#bounded(values).flatMap((each) => this.plain(each) ?? []);
  }

  plain(value: unknown): string | undefined {
    if (typeof value !== "string" || value === "") return undefined;
    const text = visiblePlain(value.slice(0, 2 * MOST_CHARACTERS));
    if (text.length <= MOST_CHARACTERS && value.length <= 2 * MOST_CHARACTERS) return text;
    this.isTruncated = true;
    return `${text.slice(0, MOST_CHARACTERS - 1).toWellFormed()}…`;
  }

  #bounded(values: readonly unknown[]): readonly unknown[] {
    if (values.length > MOST_ELEMENTS) this.isTruncated = true;
    return values.slice(0, MOST_ELEMENTS);
  }
}
