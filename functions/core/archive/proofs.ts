import { nodeHash, rootOf } from "./tree-hash.ts";

/**
 * Returns the hashes from one leaf to the root of a tree, the lowest first.
 * https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1
 * @param leaves hashes of all leaves.
 */
export function inclusionProof(leaves: readonly Buffer[], index: number): readonly Buffer[] {
  if (leaves.length <= 1) return [];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionProof(left, index), rootOf(right)]
    : [...inclusionProof(right, index - split), rootOf(left)];
}

/**
 * Computes the root to which a proof leads from a leaf.
 * @returns undefined where the length of the proof does not fit the leaf's place.
 */
export function rootByProof(leaf: Buffer, index: number, size: number, proof: readonly Buffer[]): Buffer | undefined {
  // https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2
  if (index >= size) return undefined;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else hash = nodeHash(hash, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : undefined;
}
