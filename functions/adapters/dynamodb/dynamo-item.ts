import type { Item } from "./raw-item.ts";

/**
 * Converts a stored item back to its record: all fields but the table's own (keys, kind, TTL). Only here does the code
 * trust that an item has its record's type. IAM bounds who can have written the item (`infra/rights.ts`).
 */
export function recordOf<T extends object>({ pk: _pk, sk: _sk, kind: _kind, ttl: _ttl, ...fields }: Item): T {
  return fields as T;
}
