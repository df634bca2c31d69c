import type { ObjectSource } from "./archive-store.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { ForkedArchive } from "./forked-archive.ts";
import { type Edge, edgeKeys, entriesOf, hashesOf, rootOfEdge } from "./tiles.ts";
import { leafHash } from "./tree-hash.ts";

/**
 * Reads the right edge of a signed tree, and verifies it by the signed hash.
 * @throws {ForkedArchive} where it differs.
 */
export async function readEdge({ size, root }: Pick<Checkpoint, "size" | "root">, source: ObjectSource): Promise<Edge> {
  const levels: (readonly Buffer[])[] = [];
  let entries: readonly Buffer[] = [];
  await Promise.all(
    edgeKeys(size).map(async ({ level, key }) => {
      const { body } = (await source.read(key)) ?? {};
      const parts = body && (level === "entries" ? entriesOf(body) : hashesOf(body));
      if (!parts) throw new ForkedArchive(`${key} is missing or broken`);
      if (level === "entries") entries = parts;
      else levels[level] = parts;
    }),
  );
  const edge = { size, entries, levels: Array.from(levels, (level) => level ?? []) };
  const leaves = entries.map(leafHash);
  const fits = leaves.length === (levels[0] ?? []).length && leaves.every((leaf, at) => levels[0]?.[at]?.equals(leaf));
  if (!fits || !rootOfEdge(edge).equals(root))
    throw new ForkedArchive(`the tiles at the edge of ${size} are not those that were signed`);
  return edge;
}
