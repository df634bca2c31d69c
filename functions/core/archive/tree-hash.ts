import { createHash } from "node:crypto";

/** Computes the hash of an entry of the log, 32 bytes. https://www.rfc-editor.org/rfc/rfc6962#section-2.1 */
export const leafHash = (entry: Uint8Array): Buffer => createHash("sha256").update(LEAF).update(entry).digest();

/** Computes the hash of two neighbours of equal height, 32 bytes. https://www.rfc-editor.org/rfc/rfc6962#section-2.1 */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash("sha256").update(NODE).update(left).update(right).digest();

/** Hash of the tree without entries. */
export const EMPTY_ROOT = createHash("sha256").digest();

/**
 * Computes the hash of a tree, from hashes of equal height in order.
 * @param hashes at least one. A power of two of them makes a perfect tree.
 */
export function rootOf(hashes: readonly Buffer[]): Buffer {
  const [first] = hashes;
  if (!first) throw new Error("a tree of no hashes has no root here");
  if (hashes.length === 1) return first;
  const split = greatestPower(hashes.length);
  return nodeHash(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

/** Returns the largest power of two below a number of 2 or more. */
function greatestPower(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);
