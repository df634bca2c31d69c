import { Problem } from "../problem.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** Where in a file something stands: `work.cases.json: cases[0].agent`. Reads what must be there, or says what is wrong with it. */
export class Place {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  at(step: string | number): Place {
    return new Place(typeof step === "number" ? `${this.path}[${step}]` : `${this.path}.${step}`);
  }
  text(value: unknown): string {
    if (typeof value === "string" && value !== "") return value;
    throw new Problem(`${this.path} must be a string that is not empty`);
  }
  list(value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value;
    throw new Problem(`${this.path} must be a list`);
  }
  anyRecord(value: unknown): JsonObject {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
    throw new Problem(`${this.path} must be an object`);
  }
  /** An object with these fields and no other: a misspelt expectation would be none. */
  record(value: unknown, fields: readonly string[]): JsonObject {
    const record = this.anyRecord(value);
    const odd = Object.keys(record).find((name) => !fields.includes(name));
    if (odd === undefined) return record;
    throw new Problem(`${this.path} holds "${odd}"; it may hold ${fields.join(", ")}`);
  }
}

/** The JSON in a text. @throws {Problem} where it is none. */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new Problem(`${name} is not JSON: ${error.message}`);
    throw error;
  }
}
