import { beforeEach, describe, expect, it } from "vitest";
import { anchorKey } from "../../functions/core/archive/anchor.ts";
import { CHECKPOINT } from "../../functions/core/archive/archive-keys.ts";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { EMPTY_CHAIN, linkEvent } from "../../functions/core/journal/event.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { compareAnchor } from "../../functions/journal/compare-anchor.ts";
import { FakeArchived } from "../fakes/archive/archived.ts";
import { fakeWorld, NOON_MS } from "../fakes/world/world.ts";

const HOUR_MS = 3_600_000;
const keyOf = (hour: number) => anchorKey("valetkey/999900001111/eu-central-1", NOON_MS + hour * HOUR_MS);
const eventsOf = (hour: number, by: string): readonly ArchivedEvent[] =>
  ["one", "two", "three"].map((id) => ({
    journal: "agents",
    ...linkEvent(EMPTY_CHAIN, `${id}-${hour}`, "agent.registered", NOON_MS + hour * HOUR_MS, { by }),
  }));

let world: ReturnType<typeof fakeWorld>;
/** Log of five hours, and its witness. */
let archived: FakeArchived;
const lines = () => world.lines.filter(({ event }) => String(event).startsWith("anchor_"));
const compared = async () => {
  await compareAnchor({ ...world.ports, archived });
  return lines();
};
/** Log of the same key that somebody wrote anew from its beginning, as far as an hour. @returns the witness, to which it was anchored since. */
function writtenAnew(untilHour: number): FakeArchived {
  const forged = new FakeArchived();
  for (let hour = 0; hour <= untilHour; hour += 1)
    forged.add(eventsOf(hour, "staff|mallory"), NOON_MS + hour * HOUR_MS);
  archived.source.objects.clear();
  for (const [key, body] of forged.source.objects) archived.source.objects.set(key, body);
  return forged;
}

beforeEach(() => {
  world = fakeWorld();
  archived = new FakeArchived();
  for (let hour = 0; hour <= 4; hour += 1) archived.add(eventsOf(hour, "staff|alice"), NOON_MS + hour * HOUR_MS);
  world.pass(4 * 3_600 + 120);
});

describe("the hourly comparison with the witness", () => {
  it("rings for nothing where every checkpoint is one of the log", async () => {
    expect(await compared()).toEqual([{ level: "info", event: "anchor_compared", checkpoints: 5 }]);
  });

  it("does nothing where there is no witness, and where there is no log yet", async () => {
    await compareAnchor({ ...world.ports, archived: { ...archived, source: archived.source, anchor: undefined } });
    archived.source.objects.clear();
    archived.anchor.source.objects.clear();
    await compareAnchor({ ...world.ports, archived });
    expect(lines()).toEqual([{ level: "info", event: "anchor_compared", checkpoints: 0 }]);
  });

  it("rings for a log that was written anew, also after it was anchored itself", async () => {
    const forged = writtenAnew(5);
    world.pass(3_600);
    for (const hour of [5])
      archived.anchor.source.objects.set(keyOf(hour), forged.source.objects.get(CHECKPOINT) ?? Buffer.alloc(0));
    expect(await compared()).toEqual(
      [4, 3, 2, 1, 0].map((hour) => ({ level: "error", event: "anchor_differs", why: keyOf(hour) })),
    );
  });

  it("rings for a log that was cut back, and for one that is gone", async () => {
    writtenAnew(0);
    expect((await compared()).map(({ event }) => event)).toContain("anchor_differs");
    archived.source.objects.clear();
    expect((await compared()).at(-1)).toEqual({
      level: "error",
      event: "anchor_differs",
      why: "the archive has no log",
    });
  });

  it("rings for a witness to which nothing was added for two hours, whoever blocks the archive", async () => {
    world.pass(2 * 3_600);
    expect(await compared()).toMatchObject([
      { event: "anchor_differs", why: expect.stringContaining("no checkpoint") },
    ]);
  });

  it("rings for an archive that does not hold what it signs", async () => {
    archived.source.objects.set(CHECKPOINT, Buffer.from("valetkey\n1\n\n"));
    expect(await compared()).toMatchObject([{ level: "error", event: "anchor_differs" }]);
  });

  it("fails, and rings for no fork, where a place cannot be read", async () => {
    archived.anchor.source.onRead = () => {
      throw new Refusal("archive_unavailable");
    };
    await expect(compared()).rejects.toThrow("archive_unavailable");
    expect(lines()).toEqual([]);
  });
});
