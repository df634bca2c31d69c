import { randomFillSync } from "node:crypto";

const pool = new Uint8Array(65_536);
let left = 0;

/** Returns so many bytes from a cryptographic source, of which it draws 64 KiB at a time: each draw is a system call, and thousands of worlds draw a few bytes. */
export function pooledBytes(count: number): Uint8Array {
  if (count > left) {
    randomFillSync(pool);
    left = pool.length;
  }
  left -= count;
  return pool.slice(left, left + count);
}
