import { DynamoPolicyWrites } from "../../../functions/adapters/dynamodb/leases/dynamo-policy-writes.ts";
import { DynamoLedger } from "../../../functions/adapters/dynamodb/observed/dynamo-ledger.ts";
import type { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";
import { DynamoTasks } from "../../../functions/adapters/dynamodb/tasks/dynamo-tasks.ts";
import { PlainTable } from "./recorded-items.ts";
import type { Store } from "./tested-store.ts";

/** Upper bound on the writes of a transaction. */
const MOST_PARTS = 100;

/**
 * Writes with the adapters into a table of this process. Copies that table's items into the table under test, a hundred
 * a call. One call for each of hundreds of records took most of the contract's CPU time. A copy never replaces an
 * existing item.
 */
export async function writtenAtOnce(
  into: { readonly table: DynamoTable; readonly name: string },
  write: Parameters<Store["written"]>[0],
): Promise<void> {
  const plain = new PlainTable();
  const { table } = plain;
  await write({
    tasks: new DynamoTasks(table),
    policyWrites: new DynamoPolicyWrites(table),
    ledger: new DynamoLedger(table, { nowMs: Date.now }),
  });
  const items = plain.items();
  for (let from = 0; from < items.length; from += MOST_PARTS) {
    const puts = items.slice(from, from + MOST_PARTS).map((item) => ({
      name: "copy",
      item: { Put: { TableName: into.name, Item: item, ConditionExpression: "attribute_not_exists(pk)" } },
    }));
    const failed = await into.table.transact(puts);
    if (failed.length > 0) throw new Error(`${failed.length} items exist already`);
  }
}
