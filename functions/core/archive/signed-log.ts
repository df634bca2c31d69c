import { CHECKPOINT, hourlyKey, VERIFIER_KEY } from "./archive-keys.ts";
import type { ObjectSource } from "./archive-store.ts";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { ForkedArchive } from "./forked-archive.ts";
import { readEdge } from "./read-edge.ts";
import { openNote, parseVerifierKey, type VerifierKey } from "./signed-note.ts";
import { type Edge, entriesOf, hashesOf, rootOfEdge, TILE_WIDTH, tileKey } from "./tiles.ts";
import { leafHash, rootOf } from "./tree-hash.ts";

/**
 * Log as its newest checkpoint signs it. Every returned entry and hash was verified against that checkpoint, with the
 * key in the archive itself. To verify that this key is the hub's own, compare it with the copy stored elsewhere.
 */
export class SignedLog {
  readonly note: string;
  readonly checkpoint: Checkpoint;
  /** Moment at which the checkpoint was put; epoch milliseconds. */
  readonly signedAtMs: number;
  readonly #key: VerifierKey;
  readonly #source: ObjectSource;
  readonly #tiles = new Map<string, Promise<readonly Buffer[] | undefined>>();
  #edge: Promise<Edge> | undefined;

  private constructor(
    note: string,
    checkpoint: Checkpoint,
    signedAtMs: number,
    key: VerifierKey,
    source: ObjectSource,
  ) {
    this.note = note;
    this.checkpoint = checkpoint;
    this.signedAtMs = signedAtMs;
    this.#key = key;
    this.#source = source;
  }

  /**
   * Opens the newest checkpoint.
   * @returns undefined where there is none yet.
   * @throws {ForkedArchive} where it is not signed by this log's key.
   */
  static async open(source: ObjectSource, origin: string): Promise<SignedLog | undefined> {
    const [stored, keyText] = await Promise.all([source.read(CHECKPOINT), source.read(VERIFIER_KEY)]);
    if (!stored || !keyText) return undefined;
    const key = parseVerifierKey(keyText.body.toString("utf8"));
    const note = stored.body.toString("utf8");
    const checkpoint = key?.name === origin ? checkpointIn(note, key) : undefined;
    if (!key || !checkpoint) throw new ForkedArchive("the checkpoint is not signed by this log's key");
    return new SignedLog(note, checkpoint, stored.putAtMs, key, source);
  }

  /** Reads a note of this log. @returns undefined where this log's key has not signed it. */
  opened(note: Buffer): Checkpoint | undefined {
    return checkpointIn(note.toString("utf8"), this.#key);
  }

  /**
   * Reads the size of the log when it was first signed in an hour. Everything before that place happened before then.
   * @param atMs moment in that hour; epoch milliseconds.
   * @returns undefined where that hour has no checkpoint.
   * @throws {ForkedArchive} where the checkpoint is not of this log.
   */
  async sizeAtHour(atMs: number): Promise<number | undefined> {
    const stored = await this.#source.read(hourlyKey(atMs));
    if (!stored) return undefined;
    const size = this.opened(stored.body)?.size;
    if (size === undefined || size > this.checkpoint.size)
      throw new ForkedArchive(`${hourlyKey(atMs)} is no checkpoint of this log`);
    return size;
  }

  /**
   * Reads the entries of a bundle, at most 256.
   * @returns undefined where the bundle is no longer in the archive.
   * @throws {ForkedArchive}
   */
  async entries(index: number): Promise<readonly Buffer[] | undefined> {
    if (index === Math.floor(this.checkpoint.size / TILE_WIDTH)) return (await this.#readEdge()).entries;
    const stored = await this.#source.read(tileKey("entries", index));
    if (!stored) return undefined;
    const entries = entriesOf(stored.body);
    const signed = await this.#hashAbove(0, index);
    if (!signed) return undefined;
    if (entries?.length !== TILE_WIDTH || !rootOf(entries.map(leafHash)).equals(signed))
      throw new ForkedArchive(`${tileKey("entries", index)} does not hold the entries that were signed`);
    return entries;
  }

  /**
   * Computes the hash of the tree of the first entries.
   * @returns undefined where a tile is no longer in the archive.
   */
  async rootAt(size: number): Promise<Buffer | undefined> {
    const levels: Buffer[][] = [];
    for (let level = 0; TILE_WIDTH ** level <= size; level += 1) {
      const count = Math.floor(size / TILE_WIDTH ** level);
      const tile = count % TILE_WIDTH === 0 ? [] : await this.#tile(level, Math.floor(count / TILE_WIDTH));
      if (!tile) return undefined;
      levels.push(tile.slice(0, count % TILE_WIDTH));
    }
    return rootOfEdge({ size, levels });
  }

  /** Reads the hash that covers a full tile, from the level above. */
  async #hashAbove(level: number, index: number): Promise<Buffer | undefined> {
    return (await this.#tile(level + 1, Math.floor(index / TILE_WIDTH)))?.[index % TILE_WIDTH];
  }

  #tile(level: number, index: number): Promise<readonly Buffer[] | undefined> {
    const key = tileKey(level, index);
    const tile = this.#tiles.get(key) ?? this.#readTile(level, index);
    this.#tiles.set(key, tile);
    return tile;
  }

  async #readTile(level: number, index: number): Promise<readonly Buffer[] | undefined> {
    // A partial tile is on the edge, which was compared with the signed hash. A full tile is compared with the tile
    // above it.
    if (index === Math.floor(this.checkpoint.size / TILE_WIDTH ** (level + 1)))
      return (await this.#readEdge()).levels[level] ?? [];
    const stored = await this.#source.read(tileKey(level, index));
    if (!stored) return undefined;
    const hashes = hashesOf(stored.body);
    const signed = await this.#hashAbove(level, index);
    if (!signed) return undefined;
    if (hashes?.length !== TILE_WIDTH || !rootOf(hashes).equals(signed))
      throw new ForkedArchive(`${tileKey(level, index)} does not hold the hashes that were signed`);
    return hashes;
  }

  #readEdge(): Promise<Edge> {
    this.#edge ??= readEdge(this.checkpoint, this.#source);
    return this.#edge;
  }
}

function checkpointIn(note: string, key: VerifierKey): Checkpoint | undefined {
  const checkpoint = parseCheckpoint(openNote(note, key) ?? "");
  return checkpoint?.origin === key.name ? checkpoint : undefined;
}
