import { EMPTY_ROOT, leafHash, nodeHash, rootOf } from "./tree-hash.ts";

/** Hashes of a full tile, and entries of a full bundle. https://c2sp.org/tlog-tiles */
export const TILE_WIDTH = 256;

/** Length of a hash, bytes. */
export const HASH_BYTES = 32;

/** Largest entry of a bundle, bytes: its length is a 16-bit number. */
export const MOST_ENTRY_BYTES = 65_535;

/**
 * Returns the key of a tile's object: `tile/0/x001/067`, `tile/entries/000.p/7`.
 * @param level 0 for leaves; a hash of level n covers 256^n entries; `entries` for the entries themselves.
 * @param index place of the tile among those of its level.
 * @param width number of its hashes or entries, 1 to 256.
 */
export function tileKey(level: number | "entries", index: number, width = TILE_WIDTH): string {
  const digits = [];
  for (let rest = index, first = true; first || rest > 0; rest = Math.floor(rest / 1_000), first = false)
    digits.unshift(`${first ? "" : "x"}${String(rest % 1_000).padStart(3, "0")}`);
  return `tile/${level}/${digits.join("/")}${width < TILE_WIDTH ? `.p/${width}` : ""}`;
}

/** Right edge of a tree: everything that an append needs. */
export interface Edge {
  /** Number of entries of the tree. */
  readonly size: number;
  /** Entries of the partial bundle. */
  readonly entries: readonly Buffer[];
  /** Hashes of the partial tile, for each level from 0 on; 0 to 255 each. */
  readonly levels: readonly (readonly Buffer[])[];
}

export const EMPTY_EDGE: Edge = { size: 0, entries: [], levels: [] };

/** Object of the archive. */
export interface TileObject {
  readonly key: string;
  readonly body: Buffer;
}

/** Tree after an append. */
export interface Appended {
  readonly edge: Edge;
  /** Tiles and bundles that the append has filled or begun. Every computation of them gives the same bytes. */
  readonly objects: readonly TileObject[];
}

/**
 * Appends entries to a tree.
 * @throws {RangeError} on an entry of more than 65,535 bytes.
 */
export function append(edge: Edge, added: readonly Buffer[]): Appended {
  const objects: TileObject[] = [];
  let entries = [...edge.entries];
  const levels = edge.levels.map((level) => [...level]);
  /**
   * Levels that received a hash. The tiles of other levels are in the archive already: the append that changed them
   * stored them before the checkpoint.
   */
  const changed = new Set<number>();
  const push = (level: number, hash: Buffer): void => {
    const tile = levels[level] ?? [];
    levels[level] = tile;
    tile.push(hash);
    changed.add(level);
    if (tile.length < TILE_WIDTH) return;
    objects.push({ key: tileKey(level, indexOf(size, level) - 1), body: Buffer.concat(tile) });
    levels[level] = [];
    push(level + 1, rootOf(tile));
  };
  let { size } = edge;
  for (const entry of added) {
    if (entry.length > MOST_ENTRY_BYTES) throw new RangeError(`an entry has ${entry.length} bytes`);
    size += 1;
    entries.push(entry);
    if (entries.length === TILE_WIDTH) {
      objects.push({ key: tileKey("entries", indexOf(size, 0) - 1), body: bundleOf(entries) });
      entries = [];
    }
    push(0, leafHash(entry));
  }
  if (added.length > 0) {
    if (entries.length > 0)
      objects.push({ key: tileKey("entries", indexOf(size, 0), entries.length), body: bundleOf(entries) });
    for (const [level, tile] of levels.entries())
      if (tile.length > 0 && changed.has(level))
        objects.push({ key: tileKey(level, indexOf(size, level), tile.length), body: Buffer.concat(tile) });
  }
  return { edge: { size, entries, levels }, objects };
}

/** Counts the full tiles of a level in a tree of a size. */
const indexOf = (size: number, level: number): number => Math.floor(size / TILE_WIDTH ** (level + 1));

/** Lists the keys of the partial tiles in a tree of a size, `entries` first: an append reads them. */
export function edgeKeys(size: number): readonly { readonly level: number | "entries"; readonly key: string }[] {
  const keys: { level: number | "entries"; key: string }[] = [];
  if (size % TILE_WIDTH > 0)
    keys.push({ level: "entries", key: tileKey("entries", indexOf(size, 0), size % TILE_WIDTH) });
  for (let level = 0; TILE_WIDTH ** level <= size; level += 1) {
    const width = Math.floor(size / TILE_WIDTH ** level) % TILE_WIDTH;
    if (width > 0) keys.push({ level, key: tileKey(level, indexOf(size, level), width) });
  }
  return keys;
}

/** Computes the hash of the whole tree, 32 bytes. */
export function rootOfEdge({ size, levels }: Pick<Edge, "size" | "levels">): Buffer {
  if (size === 0) return EMPTY_ROOT;
  // Subtrees from the largest to the smallest, in the order of the size's bits. The tree's hash joins them from the
  // right.
  const subtrees = levels.toReversed().flatMap(perfectSubtrees);
  return subtrees.reduceRight((right, left) => nodeHash(left, right));
}

/** Computes the hashes of the perfect trees in a partial tile, the largest first. */
function perfectSubtrees(tile: readonly Buffer[]): readonly Buffer[] {
  const roots: Buffer[] = [];
  let from = 0;
  for (let width = TILE_WIDTH / 2; width >= 1; width /= 2) {
    if ((tile.length & width) === 0) continue;
    roots.push(rootOf(tile.slice(from, from + width)));
    from += width;
  }
  return roots;
}

/** Joins entries to a bundle: each with its length in two bytes, the higher first. */
export const bundleOf = (entries: readonly Buffer[]): Buffer =>
  Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );

/** Splits a bundle into its entries. @returns undefined where the lengths in it do not fit. */
export function entriesOf(bundle: Buffer): readonly Buffer[] | undefined {
  const entries: Buffer[] = [];
  let at = 0;
  while (at < bundle.length) {
    if (at + 2 > bundle.length) return undefined;
    const end = at + 2 + bundle.readUInt16BE(at);
    if (end > bundle.length) return undefined;
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** Splits a tile into its hashes. @returns undefined where its length is not a multiple of a hash. */
export function hashesOf(tile: Buffer): readonly Buffer[] | undefined {
  if (tile.length % HASH_BYTES !== 0) return undefined;
  return Array.from({ length: tile.length / HASH_BYTES }, (_, index) =>
    tile.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
}
