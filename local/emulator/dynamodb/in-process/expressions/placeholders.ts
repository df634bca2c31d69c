import type { AttributeValue } from "../../../table-change.ts";
import { invalid } from "../invalid.ts";
import type { Members } from "../members.ts";

/** Names (`#name`) and values (`:value`) of the expressions of one call. An expression must use each of them. */
export class Placeholders {
  readonly #names: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, AttributeValue>;
  readonly #unused: Set<string>;

  constructor(input: Members) {
    this.#names = input.names("ExpressionAttributeNames");
    this.#values = input.values("ExpressionAttributeValues");
    this.#unused = new Set([...this.#names.keys(), ...this.#values.keys()]);
  }

  name(placeholder: string): string {
    return this.#used(placeholder, this.#names.get(placeholder), "name");
  }

  value(placeholder: string): AttributeValue {
    return this.#used(placeholder, this.#values.get(placeholder), "value");
  }

  /** @throws {ServiceError} ValidationException where a placeholder is defined that no expression uses. */
  requireUsed(): void {
    const [unused] = this.#unused;
    if (unused === undefined) return;
    const member = unused.startsWith("#") ? "ExpressionAttributeNames" : "ExpressionAttributeValues";
    throw invalid(`Value provided in ${member} unused in expressions: keys: {${unused}}`);
  }

  #used<T>(placeholder: string, found: T | undefined, kind: "name" | "value"): T {
    this.#unused.delete(placeholder);
    if (found !== undefined) return found;
    throw invalid(`An expression attribute ${kind} used in expression is not defined: ${placeholder}`);
  }
}
