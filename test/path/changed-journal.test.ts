import { describe, expect, it } from "vitest";
import { approvalId } from "../../contract/approval-id.ts";
import { keys } from "../../functions/adapters/dynamodb/table/dynamo-keys.ts";
import { EMPTY_CHAIN, linkEvent } from "../../functions/core/journal/event.ts";
import { JOURNAL_KINDS, KINDS, TTL_REMOVER } from "../../functions/names.ts";
import type { StreamEvent } from "../../functions/relay/changes.ts";
import { relay } from "../../functions/relay/relay.ts";
import { FakeBus } from "../fakes/observed/bus.ts";
import { FakeRevocationQueue } from "../fakes/revocation/revocation-queue.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { recordOf } from "../harness/triggers.ts";

type Told = StreamEvent["Records"][number];

/** The relay's error lines for an item of the stream. */
async function linesFor(
  partition: string,
  change: Omit<Told, "dynamodb">,
  image?: Readonly<Record<string, object>>,
  sort = "k7f3m2q9x4ab.#EVENT#000001",
) {
  const { ports, lines } = fakeWorld();
  const item = { pk: { S: partition }, sk: { S: sort } };
  const record: Told = { ...change, dynamodb: { Keys: item, ...(image ? { NewImage: image } : {}) } };
  await relay({ Records: [record] }, { ...ports, revocationQueue: new FakeRevocationQueue(), bus: new FakeBus() });
  return lines.filter(({ level }) => level === "error");
}

const OPENED = recordOf(linkEvent(EMPTY_CHAIN, "k7f3m2q9x4ab.", "task.opened", 1, {}), 0).dynamodb?.NewImage ?? {};

describe("the stream shows who tampers with a journal (I7)", () => {
  const tampering: readonly (readonly [
    string,
    Omit<Told, "dynamodb">,
    Readonly<Record<string, object>> | undefined,
  ])[] = [
    ["writes over an event", { eventName: "MODIFY" }, OPENED as never],
    ["removes one", { eventName: "REMOVE" }, undefined],
    ["had one removed by a TTL", { eventName: "REMOVE", userIdentity: TTL_REMOVER }, undefined],
    ["writes one that is to disappear", { eventName: "INSERT" }, { ...OPENED, ttl: { N: "1" } } as never],
  ];
  it.each(tampering)("to whoever %s, in each journal: an error that names the event", async (_, change, image) => {
    for (const kind of JOURNAL_KINDS) {
      const partition = `${KINDS[kind]}k7f3m2q9x4ab`;
      expect(await linesFor(partition, change, image), kind).toEqual([
        {
          level: "error",
          event: "journal_changed",
          type: change.eventName,
          what: `${partition} k7f3m2q9x4ab.#EVENT#000001`,
        },
      ]);
    }
  });

  it.each(tampering.slice(0, 2))("to whoever %s, in the list of escalations", async (_, change, image) => {
    const partition = `${KINDS.escalation}AGENT#demo`;
    expect(await linesFor(partition, change, image)).toMatchObject([
      { event: "journal_changed", type: change.eventName },
    ]);
  });

  it("no error is logged for an escalation that is no longer listed, since its time is over", async () => {
    expect(await linesFor(KINDS.escalation, { eventName: "REMOVE", userIdentity: TTL_REMOVER })).toEqual([]);
    const entry = { ...OPENED, ttl: { N: "1" } } as never;
    expect(await linesFor(KINDS.escalation, { eventName: "INSERT" }, entry)).toEqual([]);
  });

  it.each([
    ["the halt of an account", "accountHalt", "INSERT"],
    ["the halt of an account", "accountHalt", "MODIFY"],
    ["a declared panic", "declaredPanic", "INSERT"],
    ["a declared panic", "declaredPanic", "MODIFY"],
  ] as const)("to whoever has %s disappear: %s %s", async (_, kind, eventName) => {
    const halt = { account: { S: "111122223333" }, ttl: { N: "1" } };
    expect(await linesFor(KINDS[kind], { eventName }, halt as never)).toMatchObject([{ event: "journal_changed" }]);
    const { ttl: _ttl, ...lasting } = halt;
    expect(await linesFor(KINDS[kind], { eventName }, lasting as never)).toEqual([]);
  });

  it("to whoever writes over a denial, so that it disappears", async () => {
    const denial = { decision: { S: "denied" }, ttl: { N: "1" } } as never;
    const [partition, sort] = [`${KINDS.vote}k7f3m2q9x4ab5678`, keys.voteOutcome(approvalId("k7f3m2q9x4ab5678")).sk];
    expect(await linesFor(partition, { eventName: "MODIFY" }, denial, sort)).toEqual([
      { level: "error", event: "journal_changed", type: "MODIFY", what: `${partition} ${sort}` },
    ]);
    expect(await linesFor(partition, { eventName: "REMOVE" }, undefined, sort)).toHaveLength(1);
  });

  it("no error is logged for a denial, one whose time is over, or a vote in place of another", async () => {
    const fields = { ttl: { N: "1" } } as never;
    const [partition, sort] = [`${KINDS.vote}k7f3m2q9x4ab5678`, keys.voteOutcome(approvalId("k7f3m2q9x4ab5678")).sk];
    expect(await linesFor(partition, { eventName: "INSERT" }, fields, sort)).toEqual([]);
    expect(await linesFor(partition, { eventName: "REMOVE", userIdentity: TTL_REMOVER }, undefined, sort)).toEqual([]);
    expect(await linesFor(partition, { eventName: "MODIFY" }, fields, "staff|bob")).toEqual([]);
    expect(await linesFor(partition, { eventName: "REMOVE", userIdentity: TTL_REMOVER }, undefined, "a|b")).toEqual([]);
  });

  it("an event that is written over by one that is to disappear is logged once", async () => {
    const image = { ...OPENED, ttl: { N: "1" } } as never;
    expect(await linesFor(`${KINDS.journal}x`, { eventName: "MODIFY" }, image)).toHaveLength(1);
  });

  it("no error is logged for an event that was added, nor for an item that is no journal", async () => {
    expect(await linesFor(`${KINDS.journal}x`, { eventName: "INSERT" }, OPENED as never)).toEqual([]);
    for (const kind of ["task", "timer", "live"] as const)
      expect(await linesFor(`${KINDS[kind]}x`, { eventName: "REMOVE" })).toEqual([]);
  });
});
