import { beforeAll, describe, expect, test } from "vitest";
import type { ArchiveSource } from "../../../client/audit/archive-source.ts";
import type { LogFault } from "../../../client/audit/log-fault.ts";
import { readLog } from "../../../client/audit/read-log.ts";
import { verifyArchive } from "../../../client/audit/verify-archive.ts";
import { verifyTiles } from "../../../client/audit/verify-tiles.ts";
import { CHECKPOINT, VERIFIER_KEY } from "../../../functions/core/archive/archive-keys.ts";
import { entryOf } from "../../../functions/core/archive/entry.ts";
import { parseVerifierKey, verifierKeyText } from "../../../functions/core/archive/signed-note.ts";
import { append, bundleOf, EMPTY_EDGE, entriesOf, hashesOf } from "../../../functions/core/archive/tiles.ts";
import { leafHash } from "../../../functions/core/archive/tree-hash.ts";
import { EMPTY_CHAIN, linkEvent } from "../../../functions/core/journal/event.ts";
import { type ArchivedWorld, archivedWorld, journalOf } from "../../fakes/archive/archived-world.ts";

const ROOT = "0123456789abcdefghjkmn";

/** Event with a journal of its own, which no other event shows to be made up. */
const ALONE = linkEvent(EMPTY_CHAIN, "made-up", "agent.registered", Date.UTC(2027, 0, 1), { by: "staff|ann" });

/**
 * Step between the bytes that are flipped in the whole tree: bytes of the bundle of entries, and of the tile of their
 * hashes. A test of its own flips each byte of both, and holds the byte to the hash that covers it. `npm run judges -- flips`
 * flips each byte and verifies the whole archive.
 */
const LARGE_STEP = 97;

/** Parts of an archive that an auditor copies; `order/` is the integrator's own. */
const isAudited = (key: string): boolean => !key.startsWith("order/") && !key.startsWith("incoming/");

describe("verifyArchive", () => {
  let world: ArchivedWorld;
  let key: string;
  beforeAll(async () => {
    world = archivedWorld();
    for (let n = 0; n < 8; n += 1) await world.receive(journalOf(`${ROOT}/${n}`, 25));
    await world.settle();
    key = world.store.objects.get(VERIFIER_KEY)?.toString("utf8").trim() ?? "";
  });
  const having = (changed: ReadonlyMap<string, Buffer | undefined>) => ({
    read: async (name: string) => (changed.has(name) ? changed.get(name) : world.store.objects.get(name)),
    list: world.source.list,
  });

  test("An archive as it was written is intact", async () => {
    expect(await verifyArchive(world.source, key)).toMatchObject({ verdict: "intact", size: 200, journals: 8 });
  });

  test("A flipped byte of a 200-event archive is found, at each place of small objects and at every 97th of large ones", {
    timeout: 300_000,
  }, async () => {
    const missed: string[] = [];
    let flips = 0;
    // Only the bundles and tiles of the newest checkpoint are read, not the ones that a later one has replaced.
    const read = new Set<string>();
    const noting = (name: string) => {
      read.add(name);
      return world.source.read(name);
    };
    await verifyArchive({ ...world.source, read: noting }, key);
    const parsed = parseVerifierKey(key) ?? expect.fail("no key");
    for (const name of [...read].filter(isAudited)) {
      const body = world.store.objects.get(name) ?? Buffer.alloc(0);
      const step = body.length > 5_000 ? LARGE_STEP : 1;
      for (let at = 0; at < body.length; at += step) {
        const flipped = Buffer.from(body);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
        flips += 1;
        const source = having(new Map([[name, flipped]]));
        // The tree alone is read in a tenth of the time, and each of its faults is one of the archive.
        const { faults } = name === VERIFIER_KEY ? await verifyArchive(source, key) : await readLog(source, parsed);
        if (!faults.some(({ kind }) => kind === "tampered")) missed.push(`${name} byte ${at}`);
      }
    }
    expect(missed).toEqual([]);
    expect(flips).toBeGreaterThan(1_000);
  });

  test("Each byte of the tile of 200 hashes, flipped, is found", async () => {
    const name = "tile/0/000.p/200";
    const tile = Buffer.from(world.store.objects.get(name) ?? Buffer.alloc(0));
    const leaves = hashesOf(Buffer.from(tile)) ?? [];
    expect(leaves).toHaveLength(200);
    const missed: number[] = [];
    for (let at = 0; at < tile.length; at += 1) {
      tile[at] = (tile[at] ?? 0) ^ (1 << (at % 8));
      const faults: LogFault[] = [];
      await verifyTiles(leaves, having(new Map([[name, tile]])), faults);
      if (!faults.some(({ kind, what }) => kind === "tampered" && what === name)) missed.push(at);
      tile[at] = (tile[at] ?? 0) ^ (1 << (at % 8));
    }
    expect(missed).toEqual([]);
  });

  test("A fault of the tree is a fault of the archive", async () => {
    const changed = having(new Map([["tile/0/000.p/200", Buffer.alloc(6_400)]]));
    const { faults } = await readLog(changed, parseVerifierKey(key) ?? expect.fail("no key"));
    expect(faults).toHaveLength(1);
    expect(await verifyArchive(changed, key)).toMatchObject({ verdict: "tampered", faults });
  });

  test("Each byte of a bundle of 200 entries, flipped, leaves no entry's hash the one that was signed, or no 200 entries", async () => {
    const [name, tile] = ["tile/entries/000.p/200", world.store.objects.get("tile/0/000.p/200")];
    const body = world.store.objects.get(name) ?? Buffer.alloc(0);
    // The first test here has shown that the tree over these hashes is the signed one.
    const [own, signed] = [entriesOf(body) ?? [], hashesOf(tile ?? Buffer.alloc(0)) ?? []];
    expect([own.length, signed.length]).toEqual([200, 200]);
    const missed: number[] = [];
    const flipped = Buffer.from(body);
    for (let at = 0; at < body.length; at += 1) {
      flipped[at] = (body[at] ?? 0) ^ (1 << (at % 8));
      const read = entriesOf(flipped);
      // Texts that are equal byte by byte have the same hash; each of the rest must have another.
      const changed = read?.flatMap((entry, index) => (own[index]?.equals(entry) ? [] : [index])) ?? [];
      const isFound =
        read?.length !== own.length ||
        (changed.length > 0 &&
          changed.every((index) => !signed[index]?.equals(leafHash(read[index] ?? Buffer.alloc(0)))));
      if (!isFound) missed.push(at);
      flipped[at] = body[at] ?? 0;
    }
    expect(missed).toEqual([]);
    expect(body.length).toBeGreaterThan(40_000);
  });

  test("Each byte of each of 200 entries, flipped, is found by the whole verification, which names that entry", {
    timeout: 120_000,
  }, async () => {
    const name = "tile/entries/000.p/200";
    const own = entriesOf(world.store.objects.get(name) ?? Buffer.alloc(0)) ?? [];
    const most = Math.max(...own.map(({ length }) => length));
    // One byte of each entry at a time. The entry's own hash and the signed hash alone decide whether the entry is
    // named.
    for (let at = 0; at < most; at += 1) {
      const flipped = own.map((entry) =>
        Buffer.from(entry.map((byte, place) => (place === at ? byte ^ (1 << (at % 8)) : byte))),
      );
      const changed = own.flatMap(({ length }, index) => (at < length ? [`entry ${index}`] : []));
      const { verdict, faults } = await verifyArchive(having(new Map([[name, bundleOf(flipped)]])), key);
      const named = faults.filter(
        ({ kind, found }) => kind === "tampered" && found.includes("not the one that was signed"),
      );
      expect([at, verdict, named.map(({ what }) => what)]).toEqual([at, "tampered", changed]);
    }
    expect(own.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(40_000);
  });

  test("An entry that was changed is named by its place, and is the only fault of the tree", async () => {
    const name = "tile/entries/000.p/200";
    const body = Buffer.from(world.store.objects.get(name) ?? Buffer.alloc(0));
    body[body.length - 60] = (body[body.length - 60] ?? 0) ^ 1;
    const { faults } = await verifyArchive(having(new Map([[name, body]])), key);
    expect(faults.filter(({ found }) => /signed|hashes/.test(found)).map(({ what }) => what)).toEqual(["entry 199"]);
  });

  test("Each object that is missing makes the archive incomplete, and is named", async () => {
    for (const name of ["tile/entries/000.p/200", "tile/0/000.p/200", CHECKPOINT]) {
      const { verdict, faults } = await verifyArchive(having(new Map([[name, undefined]])), key);
      expect([verdict, faults[0]?.what]).toEqual(["incomplete", name]);
    }
  });

  test("A line that was taken out of a bundle is named by its place, and the others are read", async () => {
    const name = "tile/entries/000.p/200";
    const own = entriesOf(world.store.objects.get(name) ?? Buffer.alloc(0)) ?? [];
    const { verdict, faults, events } = await verifyArchive(
      having(new Map([[name, bundleOf(own.filter((_, index) => index !== 12))]])),
      key,
    );
    expect([verdict, faults[0]]).toEqual([
      "tampered",
      { kind: "tampered", what: name, found: "the bundle does not hold 200 entries, but 199; not in it: entry 12" },
    ]);
    expect(events).toHaveLength(199);
  });

  test("No entry beside a missing one counts unless the signed hashes are there to compare it with", async () => {
    const large = archivedWorld();
    await large.receive(journalOf(ROOT, 300));
    await large.settle();
    const having = (objects: ReadonlyMap<string, Buffer | undefined>): ArchiveSource => ({
      ...large.source,
      read: async (name) => (objects.has(name) ? objects.get(name) : large.source.read(name)),
    });
    const [first, last] = ["tile/entries/000", "tile/entries/001.p/44"];
    const own = entriesOf(large.store.objects.get(last) ?? Buffer.alloc(0)) ?? [];
    const forged = bundleOf([...own.slice(0, -1), entryOf({ journal: "agents", ...ALONE }).bytes]);
    const missing = await verifyArchive(having(new Map([[first, undefined]])));
    expect([missing.verdict, missing.events.length]).toEqual(["incomplete", 44]);
    const changed = await verifyArchive(
      having(
        new Map([
          [first, undefined],
          [last, forged],
        ]),
      ),
    );
    expect(changed.verdict).toBe("tampered");
    expect(changed.faults.map(({ what }) => what)).toContain("entry 299");
    const blind = await verifyArchive(
      having(
        new Map([
          [first, undefined],
          [last, forged],
          ["tile/0/000", undefined],
        ]),
      ),
    );
    expect([blind.verdict, blind.events]).toEqual(["incomplete", []]);
  });

  test("An archive of another key is tampered with, though its own key signed all of it", async () => {
    const other = archivedWorld();
    await other.receive(journalOf(ROOT, 3));
    await other.settle();
    expect((await verifyArchive(other.source)).verdict).toBe("intact");
    expect((await verifyArchive(other.source)).isKeyPinned).toBe(false);
    expect((await verifyArchive(other.source, key)).verdict).toBe("tampered");
  });

  test("A log that was cut and signed again is found by an earlier checkpoint", async () => {
    const cut = archivedWorld();
    await cut.receive(journalOf(ROOT, 5));
    await cut.settle();
    const hourly = [...cut.store.objects.keys()].find((name) => name.startsWith("checkpoints/")) ?? "";
    const earlier = cut.store.objects.get(hourly) ?? Buffer.alloc(0);
    for (const name of cut.store.objects.keys()) cut.store.objects.delete(name);
    await cut.receive(journalOf(ROOT, 3));
    await cut.settle();
    cut.store.objects.set("checkpoints/2026-12-31T23Z", earlier);
    const { verdict, faults } = await verifyArchive(cut.source);
    expect([verdict, faults[0]?.found]).toEqual(["tampered", "the log had 5 entries, and has 3"]);
  });

  test.each([
    [
      "a gap",
      "incomplete",
      "events 2 to 2 are missing",
      (own: ReturnType<typeof journalOf>) => own.filter(({ n }) => n !== 2),
    ],
    [
      "two events of one number",
      "tampered",
      expect.stringMatching(/^two events have this number: /),
      (own: ReturnType<typeof journalOf>) => [...own, ...journalOf(ROOT, 2, () => ({ forged: true })).slice(1)],
    ],
    [
      "a hash that is not its content's",
      "tampered",
      "its hash is not that of its content and of the event before",
      (own: ReturnType<typeof journalOf>) =>
        own.map((event) => (event.n === 3 ? { ...event, facts: { n: 4 } } : event)),
    ],
  ])("A journal with %s is %s", async (_, expected, found, change) => {
    const forged = archivedWorld();
    await forged.forge(change(journalOf(ROOT, 5)));
    await forged.settle();
    const { verdict, faults } = await verifyArchive(forged.source);
    expect([verdict, faults[0]?.found]).toEqual([expected, found]);
  });

  test("An event whose facts fill no entry has them in an object of its own, which is verified", async () => {
    const large = archivedWorld();
    await large.receive(journalOf(ROOT, 2, () => ({ text: "x".repeat(70_000) })));
    await large.settle();
    const verified = await verifyArchive(large.source);
    expect(verified).toMatchObject({ verdict: "intact", size: 2 });
    expect(verified.events[1]?.facts).toEqual({ text: "x".repeat(70_000) });
    const [name = ""] = [...large.store.objects.keys()].filter((each) => each.startsWith("facts/"));
    large.store.objects.set(name, Buffer.from('{"text":"y"}'));
    expect((await verifyArchive(large.source)).verdict).toBe("tampered");
    large.store.objects.delete(name);
    expect((await verifyArchive(large.source)).verdict).toBe("incomplete");
  });

  test("A verifier key is read as it is written, and not with another key's number", () => {
    const parsed = parseVerifierKey(key);
    expect(parsed && verifierKeyText(parsed)).toBe(key);
    expect(parseVerifierKey(key.replace(/\+[0-9a-f]{8}\+/, "+00000000+"))).toBeUndefined();
  });

  test("The edge of an empty tree is empty", () => {
    expect(append(EMPTY_EDGE, []).objects).toEqual([]);
  });
});
