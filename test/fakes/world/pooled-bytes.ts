import { randomFillSync } from "node:crypto";

const pool = new Uint8Array(65_536);
let left = 0;

/**
 * Returns random bytes of a cryptographic source, which is read 64 KiB at a time. A read is a system call, and
 * thousands of worlds need a few bytes each.
 */
export function pooledBytes(count: number): Uint8Array {
  if (count > left) {
    randomFillSync(pool);
    left = pool.length;
  }
  left -= count;
  return pool.slice(left, left + count);
}
