import { type SignedCallLog, type SignedCalls, UNCLEAR } from "../../../core/signing/signed-calls.ts";
import type { TaskPath } from "../../../core/task-path.ts";
import { KEPT_SECONDS } from "../observed/dynamo-ledger.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";

/** Beginning of the field that counts an operation: `of:s3:GetObject`. */
const OF = "of:";

/** Record of signatures in the one table: one item for each lease of a task, with a field for each operation. */
export class DynamoSignedCallLog implements SignedCallLog {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async count(path: TaskPath, lease: string, operation: string | undefined, atMs: number): Promise<void> {
    await this.#table.updateAndRead(keys.signedCalls(path, lease), {
      set: "SET #lastAtMs = :at, #ttl = :ttl ADD #count :one, #operation :one",
      names: { lastAtMs: "lastAtMs", ttl: "ttl", count: "count", operation: `${OF}${operation ?? UNCLEAR}` },
      values: { at: atMs, ttl: Math.floor(atMs / 1_000) + KEPT_SECONDS, one: 1 },
    });
  }

  async list(path: TaskPath): Promise<readonly SignedCalls[]> {
    return (await this.#table.query(keys.signedCalls(path, "").pk, "")).map(signedCallsIn);
  }
}

const signedCallsIn = ({ sk, count, lastAtMs, ...fields }: Item): SignedCalls => ({
  lease: String(sk),
  count: Number(count),
  lastAtMs: Number(lastAtMs),
  operations: new Map(
    Object.entries(fields).flatMap(([name, value]) =>
      name.startsWith(OF) ? [[name.slice(OF.length), Number(value)] as const] : [],
    ),
  ),
});
