import { CHECKPOINT, CHECKPOINTS } from "../../functions/core/archive/archive-keys.ts";
import { type Checkpoint, parseCheckpoint } from "../../functions/core/archive/checkpoint.ts";
import { openNote, type VerifierKey } from "../../functions/core/archive/signed-note.ts";
import { entriesOf, hashesOf, TILE_WIDTH } from "../../functions/core/archive/tiles.ts";
import { leafHash } from "../../functions/core/archive/tree-hash.ts";
import { defined } from "../../functions/core/defined.ts";
import type { ArchiveSource } from "./archive-source.ts";
import { incomplete, type LogFault, tampered } from "./log-fault.ts";
import { rootsAt } from "./roots-at.ts";
import { readAll, tilesOf, verifyTiles } from "./verify-tiles.ts";

/** Log as it was read, with the faults of its tree. */
export interface ReadLog {
  readonly checkpoint?: Checkpoint;
  /** Entries in order; undefined where one is missing. */
  readonly entries: readonly (Buffer | undefined)[];
  /** Earlier checkpoints that the log contains. */
  readonly earlier: number;
  /** Hour of the newest of them, as its name has it. */
  readonly newestHour?: string;
  /** Newest checkpoint of the witness, by its name; absent where it was not compared, or holds none. */
  readonly anchored?: { readonly name: string; readonly size: number };
  readonly faults: readonly LogFault[];
}

/**
 * Reads a log and verifies its tree: signatures, hashes of entries, and tiles. The tree must contain the tree of each
 * earlier checkpoint.
 * @param anchored notes of the witness, by their names; copied before the archive.
 */
export async function readLog(
  source: ArchiveSource,
  key: VerifierKey,
  anchored: ReadonlyMap<string, Buffer> = new Map(),
): Promise<ReadLog> {
  const faults: LogFault[] = [];
  const checkpoint = checkpointIn(CHECKPOINT, await source.read(CHECKPOINT), key, faults);
  if (!checkpoint) return { entries: [], earlier: 0, faults };
  const { entries, odd } = await readEntries(checkpoint.size, source, faults);
  const earlier = await readEarlier(source, key, faults);
  const elsewhere = openAnchored(anchored, key, faults);
  const own = entries.map((entry) => entry && leafHash(entry));
  const isWhole = own.every((leaf) => leaf !== undefined);
  const signed = isWhole && isSigned(own, checkpoint) ? undefined : await signedLeaves(entries, checkpoint, source);
  if (signed) placeOdd(odd, signed, entries, faults);
  else for (const { name, width } of odd) faults.push(tampered(name, `the bundle does not hold ${width} entries`));
  if (!signed && !isWhole) {
    // An entry beside a missing one can be anybody's.
    if (entries.length === checkpoint.size)
      faults.push(
        incomplete("tile/0", "the hashes that were signed cannot be read: no entry beside a missing one counts"),
      );
    return { checkpoint, entries: entries.map(() => undefined), earlier: 0, faults };
  }
  const leaves = signed ?? own.flatMap((leaf) => leaf ?? []);
  for (const [index, leaf] of own.entries())
    if (leaf && !leaves[index]?.equals(leaf))
      faults.push(tampered(`entry ${index}`, "the entry is not the one that was signed"));
  const roots = rootsAt(leaves, [checkpoint.size, ...[...earlier, ...elsewhere].map(({ size }) => size)]);
  if (!roots.get(checkpoint.size)?.equals(checkpoint.root))
    faults.push(tampered(CHECKPOINT, "the entries do not have the hash that was signed"));
  await verifyTiles(leaves, source, faults);
  const isContained = ({ size, root }: Checkpoint): boolean =>
    size <= checkpoint.size && (roots.get(size)?.equals(root) ?? false);
  for (const { name, size } of [...earlier, ...elsewhere].filter((each) => !isContained(each)))
    if (size > checkpoint.size) faults.push(tampered(name, `the log had ${size} entries, and has ${checkpoint.size}`));
    else faults.push(tampered(name, `the first ${size} entries are not those that were signed`));
  const newest = elsewhere.findLast(isContained);
  const newestHour = earlier.findLast(isContained)?.name.slice(CHECKPOINTS.length + 1);
  return {
    checkpoint,
    entries,
    earlier: earlier.length,
    faults,
    ...defined({ newestHour }),
    ...(newest ? { anchored: { name: newest.name, size: newest.size } } : {}),
  };
}

/** Opens the witness's notes. A log that does not contain one of them was forked or cut back. */
function openAnchored(
  anchored: ReadonlyMap<string, Buffer>,
  key: VerifierKey,
  faults: LogFault[],
): readonly NamedCheckpoint[] {
  return [...anchored].flatMap(([hour, note]) => {
    const checkpoint = openCheckpoint(`anchor ${hour}`, note, key, faults);
    return checkpoint ? [checkpoint] : [];
  });
}

type NamedCheckpoint = Checkpoint & { readonly name: string };

/** Opens a signed checkpoint. A foreign signature, or another log's, is a fault. */
function openCheckpoint(name: string, note: Buffer, key: VerifierKey, faults: LogFault[]): NamedCheckpoint | undefined {
  const checkpoint = parseCheckpoint(openNote(note.toString("utf8"), key) ?? "");
  if (checkpoint?.origin === key.name) return { ...checkpoint, name };
  faults.push(tampered(name, "the checkpoint is not signed by the key of this log"));
  return undefined;
}

function checkpointIn(
  name: string,
  note: Buffer | undefined,
  key: VerifierKey,
  faults: LogFault[],
): NamedCheckpoint | undefined {
  if (!note) {
    faults.push(incomplete(name, "the signed checkpoint is missing"));
    return undefined;
  }
  return openCheckpoint(name, note, key, faults);
}

async function readEarlier(
  source: ArchiveSource,
  key: VerifierKey,
  faults: LogFault[],
): Promise<readonly NamedCheckpoint[]> {
  const names = await source.list(CHECKPOINTS);
  const notes = await readAll(names, source);
  return names.flatMap((name, index) => {
    const checkpoint = checkpointIn(name, notes[index], key, faults);
    return checkpoint ? [checkpoint] : [];
  });
}

async function readEntries(
  size: number,
  source: ArchiveSource,
  faults: LogFault[],
): Promise<{ readonly entries: (Buffer | undefined)[]; readonly odd: readonly OddBundle[] }> {
  const entries: (Buffer | undefined)[] = [];
  const odd: OddBundle[] = [];
  let missing = 0;
  for (let from = 0; from * TILE_WIDTH < size; from += BUNDLES_AT_ONCE) {
    const names = tilesOf("entries", size, from, BUNDLES_AT_ONCE);
    const bundles = await readAll(names, source);
    for (const [at, name] of names.entries()) {
      const first = (from + at) * TILE_WIDTH;
      const width = Math.min(TILE_WIDTH, size - first);
      const bundle = bundles[at];
      const read = bundle && entriesOf(bundle);
      if (!bundle) {
        missing += 1;
        faults.push(incomplete(name, `entries ${first} to ${first + width - 1} are missing`));
      } else if (read?.length !== width) odd.push({ name, first, width, read });
      for (let place = 0; place < width; place += 1) entries.push(read?.length === width ? read[place] : undefined);
    }
    if (missing >= MOST_MISSING) {
      faults.push(incomplete("tile/entries", `${missing} bundles are missing, and no more were looked for`));
      break;
    }
  }
  return { entries, odd };
}

/** Bundle with too many or too few entries. */
interface OddBundle {
  readonly name: string;
  /** Place of its first entry. */
  readonly first: number;
  /** Entries that it must have. */
  readonly width: number;
  /** Entries that it has; undefined where their lengths do not fit. */
  readonly read: readonly Buffer[] | undefined;
}

/** Finds the places of an odd bundle's entries by their hashes, adds these entries, and names those that are missing. */
function placeOdd(
  odd: readonly OddBundle[],
  signed: readonly Buffer[],
  entries: (Buffer | undefined)[],
  faults: LogFault[],
): void {
  for (const { name, first, width, read = [] } of odd) {
    const found = new Map(read.map((entry) => [leafHash(entry).toString("base64"), entry]));
    const places = Array.from({ length: width }, (_, at) => first + at);
    for (const place of places) entries[place] = found.get(signed[place]?.toString("base64") ?? "");
    const lost = places.filter((place) => entries[place] === undefined);
    const more = lost.length > MOST_NAMED ? ` and ${lost.length - MOST_NAMED} more` : "";
    const which = lost.length === 0 ? "" : `; not in it: entry ${lost.slice(0, MOST_NAMED).join(", ")}${more}`;
    faults.push(tampered(name, `the bundle does not hold ${width} entries, but ${read.length}${which}`));
  }
}

/** Most missing entries of a bundle that are named. */
const MOST_NAMED = 5;

/**
 * Bundles that are read at once, and missing bundles after which reading ends: a forged checkpoint may sign any size.
 */
const BUNDLES_AT_ONCE = 1_024;
const MOST_MISSING = 1_024;

/** True where these are the hashes of the signed tree's entries. */
const isSigned = (leaves: readonly Buffer[], { size, root }: Checkpoint): boolean =>
  leaves.length === size && (rootsAt(leaves, [size]).get(size)?.equals(root) ?? false);

/**
 * Reads the hashes of the entries as they were signed from the tiles.
 * @param entries one for each place of the tree; fewer where too many bundles are missing.
 * @returns undefined where the tiles do not have the signed hashes.
 */
async function signedLeaves(
  { length }: readonly unknown[],
  checkpoint: Checkpoint,
  source: ArchiveSource,
): Promise<readonly Buffer[] | undefined> {
  if (length !== checkpoint.size) return undefined;
  const tiles = await readAll(tilesOf(0, length), source);
  const signed = tiles.flatMap((tile) => (tile && hashesOf(tile)) ?? []);
  return isSigned(signed, checkpoint) ? signed : undefined;
}
