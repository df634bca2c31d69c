import { sealKeyOf } from "../../../core/seals/record-key.ts";
import type { Seals } from "../../../core/seals/seals.ts";
import { SealKeys } from "../../secrets-manager/seal-keys.ts";
import type { PublishedKeys } from "../../secrets-manager/secret-record-key.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";

/** Seals for functions that only verify: checks them against the public keys that the exchange has published. */
export const publishedSeals = (published: Pick<PublishedKeys, "read">, nowMs: () => number): Seals =>
  new SealKeys(async () => ({ good: ((await published.read()) ?? []).map(sealKeyOf) }), nowMs);

/** Public keys in the table, in a partition that only the exchange may write. */
export const keysInTable = (table: DynamoTable): PublishedKeys => ({
  read: async () => {
    const item = await table.get(keys.sealKeys);
    return item && (item.texts as readonly string[]);
  },
  publish: (texts) => table.write(keys.sealKeys, { texts }),
});
