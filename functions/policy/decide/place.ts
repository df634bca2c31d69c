import { Problem } from "../problem.ts";
import type { Spot } from "../read/source-text.ts";
import type { JsonText } from "./json-text.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** Place of a value in a JSON text: `cases[0].agent`. Its methods return a value of the required type, or throw a problem with the place. */
export class Place {
  /** Path from the text's root. */
  readonly path: string;
  readonly #text: JsonText | undefined;

  /** @param text text of the place; without it, problems name the path only. */
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
  /** Makes a problem with this place. @param what rest of the sentence after the path: `must be a list`. */
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
  /** Returns an object with these fields and no other, since a misspelt expectation would have no effect. */
  record(value: unknown, fields: readonly string[]): JsonObject {
    const record = this.anyRecord(value);
    const odd = Object.keys(record).find((name) => !fields.includes(name));
    if (odd === undefined) return record;
    const { path } = this;
    throw this.at(odd).problem(`is not a field${path === "" ? "" : ` of ${path}`}; there are ${fields.join(", ")}`);
  }
}
