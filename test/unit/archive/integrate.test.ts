import { describe, expect, test } from "vitest";
import { verifyArchive } from "../../../client/audit/verify-archive.ts";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import { integrate } from "../../../functions/archive/integrate.ts";
import { CHECKPOINT } from "../../../functions/core/archive/archive-keys.ts";
import { batchOf, orderKey } from "../../../functions/core/archive/batch.ts";
import { sha256Of } from "../../../functions/core/archive/entry.ts";
import { archivedWorld, journalOf } from "../../fakes/archive/archived-world.ts";

const ROOT = "0123456789abcdefghjkmn";

describe("integrate", () => {
  test("Events of several batches come into one log, and an empty run adds nothing", async () => {
    const world = archivedWorld();
    const events = journalOf(ROOT, 300);
    await world.receive(events.slice(0, 100));
    await world.receive(events.slice(100, 257));
    await world.settle();
    await world.receive(events.slice(257));
    await world.settle();
    expect(await integrate(world.ports)).toMatchObject({ size: 300, added: 0 });
    const verified = await verifyArchive(world.source);
    expect(verified).toMatchObject({ verdict: "intact", size: 300, journals: 1, faults: [] });
    expect(verified.events).toEqual(events);
    expect([...world.store.objects.keys()].filter((key) => key.startsWith("incoming/"))).toEqual([]);
  });

  test("A batch that is received again is in the log once within a run, and is no fault in a later one", async () => {
    const world = archivedWorld();
    const events = journalOf(ROOT, 3);
    await world.receive(events);
    await world.receive(events);
    await world.settle();
    expect((await verifyArchive(world.source)).size).toBe(3);
    await world.receive(events);
    await world.settle();
    expect(await verifyArchive(world.source)).toMatchObject({ verdict: "intact", size: 6 });
  });

  test("An integrator that is stopped before any of its writes leaves a log that the next one finishes, with each event once", async () => {
    for (let stopAt = 0, wasStopped = true; wasStopped; stopAt += 1) {
      const world = archivedWorld();
      await world.receive(journalOf(ROOT, 255));
      await world.settle();
      await world.receive(journalOf("abcdefghjkmnpqrstvwxyz", 5));
      let writes = 0;
      wasStopped = false;
      world.store.onWrite = () => {
        if (writes++ !== stopAt) return;
        wasStopped = true;
        throw new Error("stopped");
      };
      await integrate(world.ports).catch((error: Error) => expect(error.message).toBe("stopped"));
      world.store.onWrite = () => undefined;
      await world.settle();
      expect(await verifyArchive(world.source)).toMatchObject({ verdict: "intact", size: 260, journals: 2 });
    }
  });

  test("Two integrators at once write one log, in whichever order their writes come", async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const world = archivedWorld();
      const events = journalOf(ROOT, 40);
      // Each read and write waits for its turn by chance, with a small generator of its own.
      let state = seed * 2_654_435_761;
      const turns = () => {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        return state % 4;
      };
      const late =
        <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
        async (...args: A): Promise<R> => {
          for (let n = turns(); n > 0; n -= 1) await new Promise((resolve) => setImmediate(resolve));
          return call(...args);
        };
      const { store } = world;
      const slow = {
        read: late(store.read.bind(store)),
        putNew: late(store.putNew.bind(store)),
        replace: late(store.replace.bind(store)),
        list: late(store.list.bind(store)),
        remove: late(store.remove.bind(store)),
      };
      const twice = async () => {
        for (let n = 0; n < 6; n += 1) await integrate({ ...world.ports, store: slow });
      };
      const receiving = async () => {
        for (let n = 0; n < 40; n += 10) {
          await world.receive(events.slice(n, n + 10));
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await Promise.all([twice(), twice(), receiving()]);
      await world.settle();
      expect(await verifyArchive(world.source)).toMatchObject({ verdict: "intact", size: 40, faults: [] });
    }
  });

  test.each([
    ["the tile at the edge", (key: string) => key.startsWith("tile/0/")],
    ["the bundle at the edge", (key: string) => key.startsWith("tile/entries/")],
    ["the checkpoint", (key: string) => key === CHECKPOINT],
  ])("An integrator signs nothing on top of %s that somebody has changed", async (_, isIt) => {
    const world = archivedWorld();
    await world.receive(journalOf(ROOT, 3));
    await world.settle();
    for (const [key, body] of world.store.objects)
      if (isIt(key)) world.store.objects.set(key, Buffer.from(body.map((byte, at) => (at === 40 ? byte ^ 1 : byte))));
    const signed = world.store.objects.get(CHECKPOINT);
    await world.receive(journalOf(ROOT, 4));
    await expect(integrate(world.ports)).rejects.toThrow();
    expect(world.store.objects.get(CHECKPOINT)).toBe(signed);
  });

  test("An integrator does not go on where other bytes are in a tile's place", async () => {
    const world = archivedWorld();
    await world.receive(journalOf(ROOT, 3));
    world.store.objects.set("tile/0/000.p/3", Buffer.alloc(96));
    await expect(integrate(world.ports)).rejects.toThrow("tile/0/000.p/3 holds other bytes");
    expect(world.store.objects.has(CHECKPOINT)).toBe(false);
  });

  test("A batch of something else is refused, and holds nobody up", async () => {
    const world = archivedWorld();
    const { key } = batchOf(journalOf(ROOT, 1), 0);
    world.store.objects.set(key, Buffer.from(canonicalJson({ entries: ["{}", "no JSON"], facts: [] })));
    world.store.objects.set(`${key}-b`, Buffer.from("<html>"));
    await world.receive(journalOf(ROOT, 2));
    await world.settle();
    expect(await verifyArchive(world.source)).toMatchObject({ verdict: "intact", size: 2 });
    expect(world.store.objects.has(key)).toBe(false);
  });

  const nested = (levels: number): object => JSON.parse(`{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`);
  test.each<[string, () => readonly string[]]>([
    [
      "is longer than an entry can be",
      () => [canonicalJson({ ...journalOf(ROOT, 1)[0], facts: { a: "x".repeat(65_536) } })],
    ],
    [
      "has so many levels that nobody can go through them",
      () => [
        `{"at":1,"facts":${`{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`},"hash":"","journal":"tasks","n":1,"of":"x","previous":"","type":"x"}`,
      ],
    ],
    [
      "has more levels than an item of the table",
      () => [canonicalJson({ ...journalOf(ROOT, 1)[0], facts: nested(65) })],
    ],
    ["has a time that is no date", () => [canonicalJson({ ...journalOf(ROOT, 1)[0], at: 8_640_000_000_000_001 })]],
    [
      "is one of more than the stream hands over",
      () => journalOf(`${ROOT}b`, 1_001).map((event) => canonicalJson(event)),
    ],
  ])("Whoever took over the collector stops no log by an entry that %s", async (_, entries) => {
    const world = archivedWorld();
    world.store.objects.set("incoming/0", Buffer.from(JSON.stringify({ entries: entries(), facts: [] })));
    await world.receive(journalOf(ROOT, 2));
    await world.settle();
    expect(await verifyArchive(world.source)).toMatchObject({ verdict: "intact", size: 2 });
  });

  test("A step takes no further batch after a large one, so that no decision about the order grows without bound", async () => {
    const world = archivedWorld();
    const entries = journalOf(ROOT, 2).map((event) => canonicalJson(event));
    const large = { entries: entries.slice(0, 1), facts: ["x".repeat(8_388_608)] };
    world.store.objects.set("incoming/0", Buffer.from(JSON.stringify(large)));
    world.store.objects.set("incoming/1", Buffer.from(JSON.stringify({ entries: entries.slice(1), facts: [] })));
    expect((await integrate(world.ports)).added).toBe(1);
    expect((await integrate(world.ports)).size).toBe(2);
  });

  test("Facts that no entry names are put nowhere, however many come in: a step would not end in its time", async () => {
    const world = archivedWorld();
    const facts = Array.from({ length: 1_000 }, (_, n) => `{"n":${n}}`);
    // Together with the batch of events, which sorts last, as many as one step takes.
    for (let n = 0; n < 20; n += 1)
      world.store.objects.set(
        `incoming/0${n}`,
        Buffer.from(JSON.stringify({ entries: [], facts: facts.map((each) => `${each} ${n}`) })),
      );
    await world.receive(journalOf(ROOT, 2, () => ({ text: "x".repeat(70_000) })));
    let writes = 0;
    world.store.onWrite = () => {
      writes += 1;
    };
    await world.settle();
    expect(writes).toBeLessThan(50);
    expect([...world.store.objects.keys()].filter((key) => key.startsWith("facts/"))).toHaveLength(1);
    expect(await verifyArchive(world.source)).toMatchObject({ verdict: "intact", size: 2 });
  });

  test("A step takes no further batch after a thousand facts that entries name", async () => {
    const world = archivedWorld();
    for (let n = 0; n < 3; n += 1) {
      const events = journalOf(`${n}.`, 600);
      const entries = events.map(({ facts, ...rest }) =>
        canonicalJson({ ...rest, factsIn: sha256Of(Buffer.from(canonicalJson(facts))) }),
      );
      const facts = events.map((event) => canonicalJson(event.facts));
      world.store.objects.set(
        `incoming/${n}`,
        Buffer.from(JSON.stringify({ entries, facts: [...facts, ...facts].slice(0, 1_000) })),
      );
    }
    expect([(await integrate(world.ports)).added, (await integrate(world.ports)).added]).toEqual([1_200, 600]);
    expect(await verifyArchive(world.source)).toMatchObject({ verdict: "intact", size: 1_800 });
  });

  test("A batch that is larger than one can be is refused: the decision that held it could not be read again", async () => {
    const world = archivedWorld();
    const entries = journalOf(`${ROOT}b`, 300, () => ({ text: "x".repeat(60_000) })).map((event) =>
      canonicalJson(event),
    );
    world.store.objects.set("incoming/0", Buffer.from(JSON.stringify({ entries, facts: [] })));
    await world.receive(journalOf(ROOT, 2));
    // The next run, half a minute later, goes on behind it.
    for (let run = 0; run < 2; run += 1) await world.settle();
    expect(await verifyArchive(world.source)).toMatchObject({ verdict: "intact", size: 2 });
  });

  test("Keys that are listed and that nobody can read are removed, and hide no batch behind them", async () => {
    const world = archivedWorld();
    const phantoms = new Set(Array.from({ length: 450 }, (_, n) => `incoming/0${String(n).padStart(3, "0")}`));
    const { store } = world;
    const haunted = {
      read: store.read.bind(store),
      putNew: store.putNew.bind(store),
      replace: store.replace.bind(store),
      list: async (prefix: string, most: number) =>
        [...phantoms, ...(await store.list(prefix, most))]
          .filter((key) => key.startsWith(prefix))
          .sort()
          .slice(0, most),
      remove: async (keys: readonly string[]) => {
        for (const key of keys) phantoms.delete(key);
        await store.remove(keys);
      },
    };
    await world.receive(journalOf(ROOT, 2));
    for (let run = 0; run < 3; run += 1) await integrate({ ...world.ports, store: haunted });
    expect([phantoms.size, (await verifyArchive(world.source)).size]).toEqual([0, 2]);
  });

  test("A decision about the order that is none stops the log, and is not overwritten", async () => {
    const world = archivedWorld();
    world.store.objects.set(orderKey(0), Buffer.from("{}"));
    await world.receive(journalOf(ROOT, 2));
    await expect(integrate(world.ports)).rejects.toThrow("no decision about entries");
  });
});
