import { CHECKPOINT, hourlyKey, VERIFIER_KEY } from "../core/archive/archive-keys.ts";
import type { ArchiveStore, CheckpointSigner } from "../core/archive/archive-store.ts";
import { INCOMING, type Order, orderKey, orderText, parseBatch, parseOrder } from "../core/archive/batch.ts";
import { type Checkpoint, checkpointText, parseCheckpoint } from "../core/archive/checkpoint.ts";
import { factsKey, parseEntry, sha256Of, withFacts } from "../core/archive/entry.ts";
import { ForkedArchive } from "../core/archive/forked-archive.ts";
import { type IssuerKeyFacts, issuerKeyEntry, issuerKeyMark, markOfEntry } from "../core/archive/issuer-key.ts";
import { readEdge } from "../core/archive/read-edge.ts";
import type { Restored } from "../core/archive/restored.ts";
import { isRestoredEntry, restoredEntry, restoredKey } from "../core/archive/restored-entry.ts";
import { openNote, signedNote, type VerifierKey, verifierKeyText } from "../core/archive/signed-note.ts";
import { isSound } from "../core/archive/sound-event.ts";
import { append, rootOfEdge, type TileObject } from "../core/archive/tiles.ts";
import { atOnce } from "../core/at-once.ts";
import type { Clock, Log } from "../core/ports.ts";

/** Ports of the integrator. */
export interface ArchivePorts {
  readonly store: ArchiveStore;
  readonly signer: CheckpointSigner;
  /** Name of the log. */
  readonly origin: string;
  /** Restore of the table from a copy, where there was one. */
  readonly restored?: Restored | undefined;
  /** Keys of people's issuers that the log should have, with the hour in which they were read; filled by the run. */
  issuerKeys?: { readonly keys: readonly IssuerKeyFacts[]; readonly atMs: number };
  /** Keys of the hours' checkpoints that this process has put. Another attempt would change nothing, and cost a request. */
  readonly known: Set<string>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Batches that one step takes at most, and entries and bytes after which it takes no further batch. */
const MOST_BATCHES = 200;
const MOST_ENTRIES = 4_096;
const MOST_BYTES = 8_388_608;
/** Facts in objects of their own after which a step takes no further batch. `PUT_AT_ONCE`: puts of such objects at the same time. Both keep to the time-out. */
const MOST_FACTS = 1_000;
const PUT_AT_ONCE = 16;

/** Result of one step. */
export interface Integrated {
  /** Entries of the log after the step. */
  readonly size: number;
  /** Entries that the step has added. */
  readonly added: number;
  /** Newest checkpoint, signed; absent where the log is empty. */
  readonly note?: string;
}

/**
 * Gives waiting events their place in the log. Decides the order of the next entries, writes their tiles, and signs the tree. Correct with any number of
 * integrators at once, and after a stop between any two writes. Only one object can be put as the decision about a size, and everything else follows from
 * that object.
 * @throws {ForkedArchive} where the archive holds other bytes than follow from its order.
 */
export async function integrate(ports: ArchivePorts): Promise<Integrated> {
  const { store, signer, origin, log } = ports;
  const key = { name: origin, publicKey: await signer.publicKey() };
  const current = await readCheckpoint(store, key);
  const { size } = current.checkpoint;
  const order = (await decidedOrder(size, store)) ?? (await decideOrder(size, ports));
  if (!order) {
    if (current.note === undefined) return { size, added: 0 };
    await putHourly(current.note, ports);
    return { size, added: 0, note: current.note };
  }
  // The decision holds the entries, so the batches are not needed any more. Removed before the checkpoint: a reader of the new size sees no batch again.
  await store.remove(order.batches);
  const edge = await readEdge(current.checkpoint, store);
  const { edge: next, objects } = append(edge, order.entries);
  await Promise.all(objects.map(({ key: at, body }) => putSame(at, body, store)));
  const note = await signedCheckpoint({ origin, size: next.size, root: rootOfEdge(next) }, key, signer);
  const isFirst = current.etag === undefined;
  const body = Buffer.from(note);
  // The loser of this race computed the same tree.
  if (isFirst) await store.putNew(VERIFIER_KEY, Buffer.from(`${verifierKeyText(key)}\n`));
  if (isFirst) await store.putNew(CHECKPOINT, body);
  else await store.replace(CHECKPOINT, body, current.etag);
  await putHourly(note, ports);
  if (ports.restored !== undefined && order.entries.some(isRestoredEntry))
    await store.putNew(restoredKey(ports.restored), Buffer.from(`${next.size}\n`));
  for (const mark of order.entries.flatMap((entry) => markOfEntry(entry) ?? []))
    await store.putNew(mark, Buffer.from(`${next.size}\n`));
  log.write({
    level: "info",
    event: "archived",
    entries: order.entries.length,
    size: next.size,
    lag_seconds: lagOf(order.entries, ports.clock.nowMs()),
  });
  return { size: next.size, added: order.entries.length, note };
}

/** Returns the age of the oldest event of a step; seconds. Restores and issuers' keys do not count: these entries are added as soon as the archive knows of them. */
const lagOf = (entries: readonly Buffer[], nowMs: number): number =>
  entries
    .filter((entry) => !isRestoredEntry(entry) && markOfEntry(entry) === undefined)
    .reduce((lag, entry) => Math.max(lag, (nowMs - (parseEntry(entry)?.at ?? nowMs)) / 1_000), 0);

async function signedCheckpoint(checkpoint: Checkpoint, key: VerifierKey, signer: CheckpointSigner): Promise<string> {
  const text = checkpointText(checkpoint);
  return signedNote(text, key, await signer.sign(text));
}

/** Reads the newest checkpoint; a log without one is empty. */
async function readCheckpoint(
  store: ArchiveStore,
  key: VerifierKey,
): Promise<{ readonly checkpoint: Pick<Checkpoint, "size" | "root">; readonly note?: string; readonly etag?: string }> {
  const stored = await store.read(CHECKPOINT);
  if (!stored) return { checkpoint: { size: 0, root: rootOfEdge({ size: 0, levels: [] }) } };
  const note = stored.body.toString("utf8");
  const checkpoint = parseCheckpoint(openNote(note, key) ?? "");
  if (checkpoint?.origin !== key.name) throw new ForkedArchive("the checkpoint is not signed by this log's key");
  return { checkpoint, note, etag: stored.etag };
}

/** Reads the decision about this size, left by another integrator or by a run that was stopped. */
async function decidedOrder(size: number, store: ArchiveStore): Promise<Order | undefined> {
  const stored = await store.read(orderKey(size));
  if (!stored) return undefined;
  const order = parseOrder(stored.body);
  if (!order) throw new ForkedArchive(`${orderKey(size)} is no decision about entries`);
  return order;
}

/** Decides the next entries, from the batches that have come in. The first decision wins. @returns undefined where there is no entry. */
async function decideOrder(
  size: number,
  { store, log, restored, issuerKeys, known }: ArchivePorts,
): Promise<Order | undefined> {
  const entries = new Map<string, Buffer>();
  const batches: string[] = [];
  // A stop before the mark is put adds the same entry twice, with equal bytes.
  if (restored !== undefined && !(await store.read(restoredKey(restored)))) {
    const restoredAs = restoredEntry(restored);
    entries.set(restoredAs.toString("latin1"), restoredAs);
  }
  for (const facts of issuerKeys?.keys ?? []) {
    const mark = issuerKeyMark(facts);
    if (known.has(mark)) continue;
    if (await store.read(mark)) known.add(mark);
    else {
      const entry = issuerKeyEntry(facts, issuerKeys?.atMs ?? 0);
      entries.set(entry.toString("latin1"), entry);
    }
  }
  let [bytes, factsPut] = [0, 0];
  for (const key of await store.list(INCOMING, MOST_BATCHES)) {
    if (entries.size >= MOST_ENTRIES || bytes >= MOST_BYTES || factsPut >= MOST_FACTS) break;
    const batch = await store.read(key);
    // A batch that another integrator has removed is skipped. A batch that cannot be parsed is removed too: it would come first in each list.
    batches.push(key);
    if (!batch) continue;
    bytes += batch.body.length;
    const { entries: own, facts } = parseBatch(batch.body) ?? { entries: [], facts: [] };
    // A fault that is in the log stays there for good: what is none of the table's events does not get in.
    const bodies = new Map(facts.map((body) => [factsKey(sha256Of(body)), body]));
    const events = own.filter((entry) => isSoundEntry(entry, bodies));
    const named = namedFacts(events, bodies);
    // Put before the order names the entries, so that a reader of an entry finds its facts.
    await atOnce(PUT_AT_ONCE, named, ({ key: at, body }) => putSame(at, body, store));
    factsPut += named.length;
    for (const entry of events) entries.set(entry.toString("latin1"), entry);
    if (own.length === 0 || events.length < own.length)
      log.write({ level: "error", event: "archive_refused", what: key });
  }
  if (entries.size === 0) {
    if (batches.length > 0) await store.remove(batches);
    return undefined;
  }
  const order = { entries: [...entries.values()], batches };
  return (await store.putNew(orderKey(size), orderText(order))) ? order : decidedOrder(size, store);
}

/** True for an entry with its facts that the log takes. @param bodies facts that came in with it, by their keys. */
function isSoundEntry(bytes: Buffer, bodies: ReadonlyMap<string, Buffer>): boolean {
  const entry = parseEntry(bytes);
  const event = entry && withFacts(entry, "factsIn" in entry ? bodies.get(factsKey(entry.factsIn)) : undefined);
  return event !== undefined && isSound(event);
}

/** Lists the facts that entries name, as objects. Facts that no entry names are left out: they would be locked with the log. */
function namedFacts(entries: readonly Buffer[], bodies: ReadonlyMap<string, Buffer>): readonly TileObject[] {
  if (bodies.size === 0) return [];
  const names = new Set(entries.map(parseEntry).map((entry) => entry && "factsIn" in entry && factsKey(entry.factsIn)));
  return [...bodies].flatMap(([key, body]) => (names.has(key) ? [{ key, body }] : []));
}

/** Puts an object whose bytes follow from the order. Another integrator may have put the same bytes. @throws {ForkedArchive} for other bytes. */
async function putSame(key: string, body: Buffer, store: ArchiveStore): Promise<void> {
  if (await store.putNew(key, body)) return;
  if (!(await store.read(key))?.body.equals(body)) throw new ForkedArchive(`${key} holds other bytes`);
}

/** Stores one checkpoint of each hour: the first that was signed in it. */
async function putHourly(note: string, { store, clock, known }: ArchivePorts): Promise<void> {
  const key = hourlyKey(clock.nowMs());
  if (known.has(key)) return;
  await store.putNew(key, Buffer.from(note));
  known.add(key);
}
