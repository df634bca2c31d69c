import type { Item } from "./raw-item.ts";

/**
 * Reads a stored item back as the record that it was written from: all fields but the table's own (keys, kind, TTL).
 * This is the one place where an item is taken to have its record's type. IAM bounds who can have written it (`infra/rights.ts`).
 */
export function recordOf<T extends object>({ pk: _pk, sk: _sk, kind: _kind, ttl: _ttl, ...fields }: Item): T {
  return fields as T;
}
