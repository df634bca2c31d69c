import { createHash } from "node:crypto";
import { ServiceError } from "../../service-error.ts";
import { invalid } from "./invalid.ts";
import { Members } from "./members.ts";
import type { Tables } from "./tables.ts";
import { identityOf } from "./values.ts";
import { type Prepared, readPart, type Write } from "./writes.ts";

/** Upper bound on the writes of a transaction. */
const MOST_PARTS = 100;
/** Time for which a request token is remembered; milliseconds. */
const TOKEN_MS = 10 * 60_000;

/** Transactions of writes: all or none. A repeated request token is answered as before and writes nothing. */
export class Transactions {
  readonly #tables: Tables;
  readonly #now: () => number;
  readonly #tokens = new Map<string, { readonly hash: string; readonly atMs: number }>();

  constructor(tables: Tables, now: () => number) {
    this.#tables = tables;
    this.#now = now;
  }

  write(input: unknown): object {
    const members = new Members(input, ["TransactItems", "ClientRequestToken"]);
    const parts = members.parts("TransactItems", MOST_PARTS);
    const token = members.text("ClientRequestToken");
    const hash = createHash("sha256").update(JSON.stringify(parts)).digest("base64");
    if (token !== undefined && this.#isRepeated(token, hash)) return {};
    const writes = parts.map((part) => readPart(part, this.#tables));
    requireDifferentItems(writes);
    for (const { perform } of prepareAll(writes)) perform();
    if (token !== undefined) this.#tokens.set(token, { hash, atMs: this.#now() });
    return {};
  }

  #isRepeated(token: string, hash: string): boolean {
    for (const [each, { atMs }] of this.#tokens) {
      // The oldest are first.
      if (this.#now() - atMs < TOKEN_MS) break;
      this.#tokens.delete(each);
    }
    const known = this.#tokens.get(token);
    if (known && known.hash !== hash)
      throw new ServiceError(
        "IdempotentParameterMismatchException",
        "The token was used before, with another request",
        400,
      );
    return known !== undefined;
  }
}

function prepareAll(writes: readonly Write[]): readonly Prepared[] {
  const outcomes = writes.map(prepareOne);
  if (!outcomes.some((outcome) => outcome instanceof ServiceError))
    return outcomes.flatMap((outcome) => (outcome instanceof ServiceError ? [] : [outcome]));
  const reasons = outcomes.map((outcome) =>
    outcome instanceof ServiceError
      ? { Code: CODES[outcome.code] ?? "ValidationError", Message: outcome.message, ...outcome.fields }
      : { Code: "None" },
  );
  const codes = reasons.map(({ Code }) => Code).join(", ");
  throw new ServiceError(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}

function prepareOne(write: Write): Prepared | ServiceError {
  try {
    return write.prepare();
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

const CODES: Readonly<Record<string, string>> = {
  ConditionalCheckFailedException: "ConditionalCheckFailed",
  ValidationException: "ValidationError",
};

/** @throws {ServiceError} ValidationException where two writes are to the same item. */
export function requireDifferentItems(
  items: readonly Pick<Write, "table" | "key">[],
  message = "Transaction request cannot include multiple operations on one item",
): void {
  const names = items.map(({ table, key }) =>
    JSON.stringify([table.name, identityOf(key.partition), key.sort && identityOf(key.sort)]),
  );
  if (new Set(names).size < names.length) throw invalid(message);
}
