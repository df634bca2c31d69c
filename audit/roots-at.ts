import { EMPTY_ROOT, nodeHash } from "../functions/core/archive/tree-hash.ts";

/** Computes the hash of the tree of the first entries, for each size that is asked for and not more than there are. */
export function rootsAt(leaves: readonly Buffer[], sizes: readonly number[]): ReadonlyMap<number, Buffer> {
  const asked = new Set(sizes);
  const roots = new Map<number, Buffer>(asked.has(0) ? [[0, EMPTY_ROOT]] : []);
  // Perfect subtrees, the greatest first; two of one height become one of the next.
  const subtrees: { readonly height: number; readonly hash: Buffer }[] = [];
  for (const [index, leaf] of leaves.entries()) {
    let subtree = { height: 0, hash: leaf };
    for (let last = subtrees.at(-1); last?.height === subtree.height; last = subtrees.at(-1)) {
      subtrees.pop();
      subtree = { height: subtree.height + 1, hash: nodeHash(last.hash, subtree.hash) };
    }
    subtrees.push(subtree);
    if (!asked.has(index + 1)) continue;
    roots.set(
      index + 1,
      subtrees.map(({ hash }) => hash).reduceRight((right, left) => nodeHash(left, right)),
    );
  }
  return roots;
}
