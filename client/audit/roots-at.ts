import { EMPTY_ROOT, nodeHash } from "../../functions/core/archive/tree-hash.ts";

/**
 * Computes the root of the tree over the first entries, for each requested size. Sizes beyond the number of leaves are
 * left out.
 */
export function rootsAt(leaves: readonly Buffer[], sizes: readonly number[]): ReadonlyMap<number, Buffer> {
  const wanted = new Set(sizes);
  const roots = new Map<number, Buffer>(wanted.has(0) ? [[0, EMPTY_ROOT]] : []);
  // Perfect subtrees, the greatest first; two of one height become one of the next.
  const subtrees: { readonly height: number; readonly hash: Buffer }[] = [];
  for (const [index, leaf] of leaves.entries()) {
    let subtree = { height: 0, hash: leaf };
    for (let last = subtrees.at(-1); last?.height === subtree.height; last = subtrees.at(-1)) {
      subtrees.pop();
      subtree = { height: subtree.height + 1, hash: nodeHash(last.hash, subtree.hash) };
    }
    subtrees.push(subtree);
    if (!wanted.has(index + 1)) continue;
    roots.set(
      index + 1,
      subtrees.map(({ hash }) => hash).reduceRight((right, left) => nodeHash(left, right)),
    );
  }
  return roots;
}
