import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeFeeds } from "../change-feed.ts";
import type { Item } from "../table-change.ts";
import type { DynamoBackends } from "./dynamo-backends.ts";
import type { BackendAnswer } from "./over-http.ts";
import { type KeyCatalogue, keyOf } from "./table-keys.ts";

/** Items in one read, and the pause after a read as a multiple of its duration: TTL must not slow down callers. */
const PAGE = { items: 250, rests: 30 } as const;

/**
 * Removes the items whose TTL has passed, as DynamoDB does within some days. The stream reports each removal as one by
 * the service.
 * @returns the number of removed items.
 */
export async function removeExpired(
  table: { readonly account: string; readonly name: string; readonly ttlAttribute: string },
  nowSeconds: number,
  ports: { readonly backends: DynamoBackends; readonly catalogue: KeyCatalogue; readonly feed: ChangeFeeds },
): Promise<number> {
  const { account, name, ttlAttribute } = table;
  const keys = await ports.catalogue.of(account, name);
  if (!keys) throw new Error(`account ${account} has no table ${name}`);
  const hasExpired = {
    TableName: name,
    ExpressionAttributeNames: { "#ttl": ttlAttribute },
    ExpressionAttributeValues: { ":now": { N: String(Math.floor(nowSeconds)) } },
  };
  let removed = 0;
  let from: Item | undefined;
  do {
    const beganAtMs = performance.now();
    const scanned = { ...hasExpired, FilterExpression: "#ttl < :now", Limit: PAGE.items, ExclusiveStartKey: from };
    const page = JSON.parse((await sent("Scan", scanned)).body) as { Items: Item[]; LastEvaluatedKey?: Item };
    for (const item of page.Items) {
      const key = keyOf(item, keys);
      // The condition fails where a caller has moved the item's end meanwhile.
      const answer = await sent("DeleteItem", { ...hasExpired, Key: key, ConditionExpression: "#ttl < :now" });
      if (answer.status !== 200) continue;
      removed += 1;
      ports.feed.push([{ account, table: name, operation: "Delete", keys: key, isByTtl: true }]);
    }
    from = page.LastEvaluatedKey;
    if (from) await sleep(PAGE.rests * (performance.now() - beganAtMs), undefined, { ref: false });
  } while (from);
  return removed;

  function sent(operation: string, input: object): Promise<BackendAnswer> {
    return ports.backends.send(account, operation, input);
  }
}
