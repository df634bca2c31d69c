import { describe, expect, test } from "vitest";
import { verifyArchive } from "../../../client/audit/verify-archive.ts";
import { archive } from "../../../functions/archive/archive.ts";
import { batchOf } from "../../../functions/core/archive/batch.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { parseRestored, type Restored, restoredText } from "../../../functions/core/archive/restored.ts";
import { restoredEntry, restoredKey } from "../../../functions/core/archive/restored-entry.ts";
import { EMPTY_CHAIN, headOf, linkEvent } from "../../../functions/core/journal/event.ts";
import { archivedWorld, journalOf } from "../../fakes/archive/archived-world.ts";

const ROOT = "0123456789abcdefghjkmn";
const RESTORED_AT = 1_800_000_100_000;
const RESTORED = { atMs: RESTORED_AT };

/** Events that go on after some of a journal's, at a time. */
function goneOn(before: readonly ArchivedEvent[], atMs: number, count = 2): readonly ArchivedEvent[] {
  let head = before.length === 0 ? EMPTY_CHAIN : headOf(before.at(-1) as never);
  return Array.from({ length: count }, (_, index) => {
    const event = linkEvent(head, ROOT, "task.ended", atMs + index, { by: "panic" });
    head = headOf(event);
    return { journal: "tasks" as const, ...event };
  });
}

/** Log in which a journal of five events goes on after its third. */
async function cutLog(restored: Restored | undefined, secondAtMs: number, kept = 3) {
  const world = archivedWorld(restored);
  const old = journalOf(ROOT, 5);
  await world.receive(old);
  await world.settle();
  await world.receive(goneOn(old.slice(0, kept), secondAtMs));
  await archive(world.ports);
  return world;
}

describe("a log of a table that was restored", () => {
  test("goes on in the same tree, with one entry about the restore", async () => {
    const world = await cutLog(RESTORED, RESTORED_AT + 60_000);
    await archive(world.ports);
    const verified = await verifyArchive(world.source);
    expect(verified).toMatchObject({
      verdict: "intact",
      size: 8,
      restored: [new Date(RESTORED_AT).toISOString()],
      cuts: [{ journal: `tasks ${ROOT}`, after: 3 }],
    });
    expect(verified.events.filter(({ type }) => type === "table.restored")).toHaveLength(1);
  });

  test("reports journals that the copy had nothing of", async () => {
    const world = await cutLog(RESTORED, RESTORED_AT + 60_000, 0);
    expect(await verifyArchive(world.source)).toMatchObject({ verdict: "intact", cuts: [{ after: 0 }] });
  });

  test.each([
    ["no restore is recorded", undefined, RESTORED_AT + 60_000],
    ["the second content is from before the restore", RESTORED, RESTORED_AT - 1],
    // The journal's events are older than the copy by a minute and more.
    ["the copy has to have had the first", { ...RESTORED, copiedAtMs: RESTORED_AT - 1 }, RESTORED_AT + 60_000],
  ])("is tampered with where a number has two contents and %s", async (_, restored, secondAtMs) => {
    const world = await cutLog(restored, secondAtMs);
    const { verdict, faults } = await verifyArchive(world.source);
    expect([verdict, faults[0]?.found]).toEqual(["tampered", expect.stringMatching(/^two events have this number: /)]);
  });

  test("excuses one cut of a journal, and no second", async () => {
    const world = await cutLog(RESTORED, RESTORED_AT + 60_000);
    await world.receive(goneOn(journalOf(ROOT, 2), RESTORED_AT + 70_000));
    await archive(world.ports);
    expect((await verifyArchive(world.source)).verdict).toBe("tampered");
  });

  test("is tampered with where a stolen collector forks a journal whose both branches are from after the restore", async () => {
    const world = archivedWorld(RESTORED);
    await world.settle();
    const young = goneOn([], RESTORED_AT + 60_000, 3);
    await world.receive(young);
    await archive(world.ports);
    await world.receive(goneOn(young.slice(0, 1), RESTORED_AT + 90_000));
    await archive(world.ports);
    const { verdict, faults } = await verifyArchive(world.source);
    expect([verdict, faults[0]?.found]).toEqual(["tampered", expect.stringMatching(/^two events have this number: /)]);
  });

  test("excuses what the old table wrote until the hub was deployed with the restored one", async () => {
    const world = archivedWorld(undefined);
    const old = goneOn([], RESTORED_AT + 1_000, 3);
    await world.receive(old);
    await world.settle();
    await archive({ ...world.ports, restored: RESTORED });
    await world.receive(goneOn(old.slice(0, 1), RESTORED_AT + 60_000));
    await archive({ ...world.ports, restored: RESTORED });
    expect(await verifyArchive(world.source)).toMatchObject({ verdict: "intact", cuts: [{ after: 1 }] });
  });

  test.each([
    ["the second restore cuts what went on after the first", [3, 4]],
    ["the second restore cuts deeper than the first", [3, 2]],
  ])("of two restores explains a cut by each: %s", async (_, [first = 0, second = 0]) => {
    const world = archivedWorld(RESTORED);
    const old = journalOf(ROOT, 5);
    await world.receive(old);
    await world.settle();
    const between = goneOn(old.slice(0, first), RESTORED_AT + 60_000);
    await world.receive(between);
    await archive(world.ports);
    const again = RESTORED_AT + 3_600_000;
    const copy = [...old.slice(0, first), ...between].slice(0, second);
    await archive({ ...world.ports, restored: { atMs: again } });
    await world.receive(goneOn(copy, again + 60_000));
    await archive({ ...world.ports, restored: { atMs: again } });
    const { verdict, cuts } = await verifyArchive(world.source);
    expect([verdict, cuts.map(({ after }) => after).toSorted((a, b) => a - b)]).toEqual([
      "intact",
      [first, second].toSorted((a, b) => a - b),
    ]);
  });

  test("shows a hash that does not fit in what the restore has cut off", async () => {
    const world = archivedWorld(RESTORED);
    const old = journalOf(ROOT, 5);
    const forged = { ...(old[4] as ArchivedEvent), facts: { n: 7 } };
    await world.receive([...old.slice(0, 4), ...goneOn(old.slice(0, 3), RESTORED_AT + 1)]);
    await archive(world.ports);
    await world.forge([forged]);
    await archive(world.ports);
    expect((await verifyArchive(world.source)).verdict).toBe("tampered");
  });

  test("shows a gap in what goes on", async () => {
    const world = archivedWorld(RESTORED);
    const old = journalOf(ROOT, 5);
    await world.receive([...old, ...goneOn(old.slice(0, 3), RESTORED_AT + 1, 3).toSpliced(1, 1)]);
    await archive(world.ports);
    expect((await verifyArchive(world.source)).verdict).toBe("incomplete");
  });

  test("has the moment of the copy, and is intact where the cut is younger", async () => {
    const copiedAtMs = 1_800_000_000_000;
    const verified = await verifyArchive((await cutLog({ ...RESTORED, copiedAtMs }, RESTORED_AT + 60_000)).source);
    expect(verified).toMatchObject({ verdict: "intact", cuts: [{ after: 3 }] });
    const [restore] = verified.events.filter(({ type }) => type === "table.restored");
    expect(restore?.facts).toEqual({ copied_at: new Date(copiedAtMs).toISOString() });
  });

  test.each([
    ["none", undefined, undefined],
    ["2026-11-27T13:00:00Z", "2026-11-27T13:00:00Z", undefined],
    ["2026-11-27T13:00:00Z 2026-11-27T12:00:00Z", "2026-11-27T13:00:00Z", "2026-11-27T12:00:00Z"],
  ])("learns of its restore from the deployment: %s", (text, restoredAt, copiedAt) => {
    expect(restoredText(restoredAt, copiedAt)).toBe(text);
    const [atMs, copiedAtMs] = [restoredAt, copiedAt].map((instant) => instant && Date.parse(instant));
    expect(parseRestored(text)).toEqual(atMs && { atMs, ...(copiedAtMs ? { copiedAtMs } : {}) });
  });

  test.each([
    "",
    "yesterday",
    "2026-11-27T13:00:00Z never",
    "2026-11-27T13:00:00Z 2026-11-27T12:00:00Z 2026-11-27T11:00:00Z",
  ])("does not run where its restore is no moment: %j", (text) => {
    expect(() => parseRestored(text)).toThrow("no moment of a restore");
  });

  test("takes no word of a restore from what comes in", async () => {
    const world = await cutLog(undefined, RESTORED_AT + 60_000);
    const entry = JSON.parse(restoredEntry(RESTORED).toString("utf8"));
    const { key, body } = batchOf([entry], RESTORED_AT);
    await world.store.putNew(key, body);
    await archive(world.ports);
    expect((await verifyArchive(world.source)).verdict).toBe("tampered");
    expect([...world.store.objects.keys()].filter((each) => each.startsWith("incoming/"))).toEqual([]);
  });

  test("has the entry once more, and is intact, where the archive was stopped before it marked it", async () => {
    const world = await cutLog(RESTORED, RESTORED_AT + 60_000);
    world.store.objects.delete(restoredKey(RESTORED));
    await archive(world.ports);
    expect(await verifyArchive(world.source)).toMatchObject({ verdict: "intact", size: 9 });
  });
});
