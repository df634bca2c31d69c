import { describe, expect, test } from "vitest";
import { verifyArchive } from "../../../client/audit/verify-archive.ts";
import { archive } from "../../../functions/archive/archive.ts";
import { anchorText, parseAnchor } from "../../../functions/core/archive/anchor.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import { archivedWorld, journalOf } from "../../fakes/archive/archived-world.ts";

const ONE = "0123456789abcdefghjkmn";
const OTHER = "abcdefghjkmnpqrstvwxyz";

describe("the witness of checkpoints", () => {
  test("holds the hour's checkpoint, once, and the log contains its tree", async () => {
    const world = archivedWorld();
    await world.receive(journalOf(ONE, 300));
    await archive(world.ports);
    await world.receive(journalOf(OTHER, 5));
    await archive(world.ports);
    expect([...world.anchor.objects.keys()]).toEqual(["valetkey/999900001111/us-east-1/checkpoints/2027-01-01T00Z"]);
    expect(await verifyArchive(world.source, undefined, world.anchor.objects)).toMatchObject({
      verdict: "intact",
      anchored: { size: 300 },
    });
  });

  test("shows a log that whoever holds bucket and key has written anew", async () => {
    const world = archivedWorld();
    await world.receive(journalOf(ONE, 3));
    await archive(world.ports);
    const anchored = new Map(world.anchor.objects);
    for (const key of [...world.store.objects.keys()]) world.store.objects.delete(key);
    await world.receive(journalOf(OTHER, 4));
    await world.settle();
    expect((await verifyArchive(world.source)).verdict).toBe("intact");
    const { verdict, faults } = await verifyArchive(world.source, undefined, anchored);
    expect([verdict, faults[0]?.found]).toEqual(["tampered", "the first 3 entries are not those that were signed"]);
  });

  test("shows a log that was cut back to an earlier checkpoint", async () => {
    const world = archivedWorld();
    await world.receive(journalOf(ONE, 3));
    await world.settle();
    const before = new Map(world.store.objects);
    await world.receive(journalOf(OTHER, 4));
    await archive(world.ports);
    world.store.objects.clear();
    for (const [key, body] of before) world.store.objects.set(key, body);
    const { verdict, faults } = await verifyArchive(world.source, undefined, world.anchor.objects);
    expect([verdict, faults[0]?.found]).toEqual(["tampered", "the log had 7 entries, and has 3"]);
  });

  test("is no witness where it holds nothing, or what another key has signed", async () => {
    const world = archivedWorld();
    const other = archivedWorld();
    for (const each of [world, other]) {
      await each.receive(journalOf(ONE, 3));
      await archive(each.ports);
    }
    expect((await verifyArchive(world.source, undefined, new Map())).verdict).toBe("incomplete");
    expect((await verifyArchive(world.source, undefined, other.anchor.objects)).verdict).toBe("tampered");
  });

  test("that cannot be reached rings, and the log goes on", async () => {
    const world = archivedWorld();
    const lines: Readonly<Record<string, unknown>>[] = [];
    const ports = {
      ...world.ports,
      log: { write: (line: Readonly<Record<string, unknown>>) => void lines.push(line) },
    };
    world.anchor.onWrite = () => {
      throw new Error("no way there");
    };
    await world.receive(journalOf(ONE, 3));
    await archive(ports);
    expect((await verifyArchive(world.source)).size).toBe(3);
    expect(lines).toContainEqual(expect.objectContaining({ event: "anchor_failed" }));
    world.anchor.onWrite = () => undefined;
    await archive(ports);
    expect(world.anchor.objects.size).toBe(1);
  });

  test("is named in the function's environment, or none is; any other text stops the function", () => {
    const place = { bucket: "acme-anchor", account: "444455556666", region: regionNamed("eu-west-1") };
    expect(parseAnchor(anchorText(place))).toEqual(place);
    expect(parseAnchor(anchorText(undefined))).toBeUndefined();
    expect(() => parseAnchor("acme-anchor")).toThrow("no witness");
    expect(() => parseAnchor("acme-anchor 444455556666 eu-west")).toThrow("no witness");
  });
});
