import { TILE_WIDTH, tileKey } from "../../functions/core/archive/tiles.ts";
import { atOnce } from "../../functions/core/at-once.ts";
import { type ArchiveSource, READ_AT_ONCE } from "./archive-source.ts";
import { incomplete, type LogFault, tampered } from "./log-fault.ts";
import { rootsAt } from "./roots-at.ts";

/**
 * Verifies every tile from the leaves up. An altered tile hides no event, but breaks the proofs of single events, which
 * are made of tiles.
 */
export async function verifyTiles(leaves: readonly Buffer[], source: ArchiveSource, faults: LogFault[]): Promise<void> {
  let hashes = leaves;
  for (let level = 0; hashes.length > 0; level += 1) {
    const above: Buffer[] = [];
    const names = tilesOf(level, hashes.length);
    const tiles = await readAll(names, source);
    for (const [index, name] of names.entries()) {
      const own = hashes.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
      const tile = tiles[index];
      if (!tile) faults.push(incomplete(name, "the tile is missing"));
      else if (!tile.equals(Buffer.concat(own)))
        faults.push(tampered(name, "the tile does not hold the hashes of its entries"));
      const [root] = own.length === TILE_WIDTH ? rootsAt(own, [TILE_WIDTH]).values() : [];
      if (root) above.push(root);
    }
    hashes = above;
  }
}

/**
 * Lists the names of a level's tiles, or of the bundles of entries.
 * @param size number of hashes or entries.
 * @param from first index.
 */
export const tilesOf = (
  level: number | "entries",
  size: number,
  from = 0,
  most = Number.POSITIVE_INFINITY,
): readonly string[] =>
  Array.from({ length: Math.min(most, Math.ceil(size / TILE_WIDTH) - from) }, (_, at) => {
    const index = from + at;
    return tileKey(level, index, Math.min(TILE_WIDTH, size - index * TILE_WIDTH));
  });

/** Reads objects, some at once, in the order of their names. */
export const readAll = (names: readonly string[], source: ArchiveSource): Promise<readonly (Buffer | undefined)[]> =>
  atOnce(READ_AT_ONCE, names, (name) => source.read(name));
