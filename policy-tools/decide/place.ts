import { Problem } from "../problem.ts";
import type { Spot } from "../read/source-text.ts";
import type { JsonText } from "./json-text.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** Place of a value in a JSON text: `cases[0].agent`. Reads what must be there, or says what is wrong with it, and where. */
export class Place {
  /** From the text's beginning. */
  readonly path: string;
  readonly #text: JsonText | undefined;

  /** @param text what it is a place of; without one, the path says enough. */
  constructor(path: string, text?: JsonText) {
    this.path = path;
    this.#text = text;
  }
  at(step: string | number): Place {
    const next = typeof step === "number" ? `${this.path}[${step}]` : this.path === "" ? step : `${this.path}.${step}`;
    return new Place(next, this.#text);
  }
  /** Line and column, counted from 1. */
  get spot(): Pick<Spot, "line" | "column"> {
    return this.#text?.spot(this.path) ?? { line: 1, column: 1 };
  }
  /** @param what after its name: `must be a list`. */
  problem(what: string): Problem {
    const name = this.path === "" ? "the whole" : this.path;
    return new Problem(
      this.#text === undefined ? `${name} ${what}` : `${this.#text.where(this.path)}: ${name} ${what}`,
    );
  }
  text(value: unknown): string {
    if (typeof value === "string" && value !== "") return value;
    throw this.problem("must be a string that is not empty");
  }
  list(value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value;
    throw this.problem("must be a list");
  }
  anyRecord(value: unknown): JsonObject {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
    throw this.problem("must be an object");
  }
  /** An object with these fields and no other: a misspelt expectation would be none. */
  record(value: unknown, fields: readonly string[]): JsonObject {
    const record = this.anyRecord(value);
    const odd = Object.keys(record).find((name) => !fields.includes(name));
    if (odd === undefined) return record;
    const { path } = this;
    throw this.at(odd).problem(`is not a field${path === "" ? "" : ` of ${path}`}; there are ${fields.join(", ")}`);
  }
}
