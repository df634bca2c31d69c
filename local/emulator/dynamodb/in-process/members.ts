import { ServiceError } from "../../service-error.ts";
import type { AttributeValue, Item } from "../../table-change.ts";
import { invalid } from "./invalid.ts";
import { readItem, readValue } from "./values.ts";

/**
 * Members of a call, or of a part of a call, each read with the type that it must have. An unknown member is refused:
 * an overlooked condition would be worse than an error.
 */
export class Members {
  readonly #members: ReadonlyMap<string, unknown>;

  constructor(input: unknown, known: readonly string[]) {
    if (typeof input !== "object" || input === null || Array.isArray(input)) throw malformed("the input");
    this.#members = new Map(Object.entries(input).filter(([, value]) => (value ?? null) !== null));
    for (const name of this.#members.keys())
      if (!known.includes(name)) throw invalid(`The in-process DynamoDB does not know the parameter ${name}`);
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  text(name: string): string | undefined {
    const value = this.#members.get(name);
    if (value !== undefined && typeof value !== "string") throw malformed(name);
    return value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw invalid(`The parameter ${name} is required but was not present in the request`);
    return value;
  }

  /** @param choices values that the member may have; the first is the default. */
  choice<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
    const value = this.text(name) ?? choices[0];
    const found = choices.find((each) => each === value);
    if (found === undefined) throw invalid(`The in-process DynamoDB does not know ${name} ${value}`);
    return found;
  }

  flag(name: string): boolean | undefined {
    const value = this.#members.get(name);
    if (value !== undefined && typeof value !== "boolean") throw malformed(name);
    return value;
  }

  /** A whole number from 1. */
  count(name: string): number | undefined {
    const value = this.#members.get(name);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isSafeInteger(value)) throw malformed(name);
    if (value < 1)
      throw invalid(
        `Value at '${name}' failed to satisfy constraint: Member must have value greater than or equal to 1`,
      );
    return value;
  }

  item(name: string): Item {
    if (!this.has(name)) throw invalid(`The parameter ${name} is required but was not present in the request`);
    return readItem(this.#members.get(name));
  }

  /** A structure in this one, whose members are not read yet. */
  part(name: string): unknown {
    return this.#members.get(name);
  }

  /** Parts of a batch or transaction. @param most upper bound on their number. */
  parts(name: string, most: number): readonly unknown[] {
    const value = this.#members.get(name);
    if (!Array.isArray(value)) throw malformed(name);
    if (value.length < 1 || value.length > most)
      throw invalid(`Value at '${name}' failed to satisfy constraint: Member must have 1 to ${most} elements`);
    return value;
  }

  entries(name: string): readonly (readonly [string, unknown])[] {
    const value = this.#members.get(name) ?? {};
    if (typeof value !== "object" || value === null) throw malformed(name);
    return Object.entries(value);
  }

  /** Attribute names by their placeholders. */
  names(name: string): ReadonlyMap<string, string> {
    return new Map(
      this.entries(name).map(([placeholder, value]) => {
        if (typeof value !== "string" || !/^#\w+$/.test(placeholder)) throw malformed(name);
        return [placeholder, value];
      }),
    );
  }

  /** Attribute values by their placeholders. */
  values(name: string): ReadonlyMap<string, AttributeValue> {
    return new Map(
      this.entries(name).map(([placeholder, value]) => {
        if (!/^:\w+$/.test(placeholder)) throw malformed(name);
        return [placeholder, readValue(value)];
      }),
    );
  }
}

const malformed = (name: string): ServiceError =>
  new ServiceError("SerializationException", `The parameter ${name} has the wrong type or shape`, 400);
