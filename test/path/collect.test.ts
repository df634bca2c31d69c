import { createHash } from "node:crypto";
import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { verifyArchive } from "../../client/audit/verify-archive.ts";
import type { EventType } from "../../contract/journal-types.ts";
import { firstUsesOf } from "../../functions/adapters/dynamodb/journal/first-uses.ts";
import { journalEventsOf, putSinceMs } from "../../functions/adapters/dynamodb/journal/journal-events.ts";
import { signedTokensOf } from "../../functions/adapters/dynamodb/journal/signed-tokens.ts";
import { collect } from "../../functions/collect/collect.ts";
import { siemOf } from "../../functions/collect/siem-setting.ts";
import { EMPTY_CHAIN, linkEvent } from "../../functions/core/journal/event.ts";
import { NO_SIEM } from "../../functions/env.ts";
import { FakeArchive } from "../fakes/archive/archive.ts";
import { archivedWorld, journalOf } from "../fakes/archive/archived-world.ts";
import { FakeSiem } from "../fakes/archive/siem.ts";

const NOW = Date.UTC(2027, 0, 1);
const EVENTS = journalOf("5pziufisgdts.", 3);

function world() {
  const [store, siem, lines] = [new FakeArchive(), new FakeSiem(), [] as Readonly<Record<string, unknown>>[]];
  const proofs = new FakeArchive();
  const ports = {
    store,
    proofs,
    siem,
    clock: { nowMs: () => NOW },
    log: { write: (line: object) => void lines.push({ ...line }) },
  };
  return { store, proofs, siem, lines, ports, stored: () => [...store.objects.keys()].length };
}
const down = (): never => {
  throw new TypeError("the bus is down");
};

describe("the collector", () => {
  it("sends the SIEM each event, and puts it into the archive", async () => {
    const { siem, ports, stored } = world();
    await collect({ events: EVENTS, tokens: [], uses: [], sinceMs: NOW }, ports);
    expect(siem.events.map(({ metadata }) => metadata.original_event_uid)).toEqual(
      [1, 2, 3].map((n) => `tasks/5pziufisgdts./${n}`),
    );
    expect(stored()).toBe(1);
  });

  it("sends nothing where no SIEM is configured", async () => {
    const { siem, ports, stored } = world();
    await collect({ events: EVENTS, tokens: [], uses: [], sinceMs: NOW }, { ...ports, siem: undefined });
    expect([siem.events.length, stored()]).toEqual([0, 1]);
  });

  it("has young events delivered again that the bus does not take, and adds no second batch to the archive", async () => {
    const { siem, ports, stored } = world();
    siem.before = down;
    await expect(collect({ events: EVENTS, tokens: [], uses: [], sinceMs: NOW - 119_000 }, ports)).rejects.toThrow(
      "the bus is down",
    );
    expect(stored()).toBe(0);
    siem.before = () => undefined;
    await collect({ events: EVENTS, tokens: [], uses: [], sinceMs: NOW - 119_500 }, ports);
    expect([siem.events.length, stored()]).toEqual([3, 1]);
  });

  it("leaves out, loudly, what the bus has not taken for two minutes: the archive does not wait", async () => {
    const { siem, ports, stored, lines } = world();
    siem.before = down;
    await collect({ events: EVENTS, tokens: [], uses: [], sinceMs: NOW - 120_000 }, ports);
    expect([siem.events.length, stored()]).toEqual([0, 1]);
    expect(lines).toContainEqual({ level: "error", event: "siem_not_told", events: 3, why: "TypeError" });
  });

  it("has events sent again whose batch the archive did not take, with the same uids", async () => {
    const { siem, store, ports } = world();
    store.onWrite = down;
    await expect(collect({ events: EVENTS, tokens: [], uses: [], sinceMs: NOW }, ports)).rejects.toThrow(
      "the bus is down",
    );
    store.onWrite = () => undefined;
    await collect({ events: EVENTS, tokens: [], uses: [], sinceMs: NOW }, ports);
    expect(siem.events).toHaveLength(6);
    expect(new Set(siem.events.map(({ metadata }) => metadata.uid)).size).toBe(3);
  });

  it("counts the wait from DynamoDB's word, since an event's own time is its writer's", async () => {
    const record = { dynamodb: { ApproximateCreationDateTime: NOW / 1_000 - 200, NewImage: {} } };
    expect(putSinceMs({ Records: [record, { dynamodb: { ApproximateCreationDateTime: NOW / 1_000 } }] })).toBe(
      NOW - 200_000,
    );
    const { siem, ports, stored } = world();
    siem.before = down;
    const future = EVENTS.map((event) => ({ ...event, at: NOW * 2 }));
    await collect({ events: future, tokens: [], uses: [], sinceMs: NOW - 200_000 }, ports);
    expect(stored()).toBe(1);
  });

  it("puts into the archive what is no event, whatever the SIEM would make of it", async () => {
    const { siem, ports, stored } = world();
    const image = { pk: { S: "JOURNAL#x" }, sk: { S: "x" }, kind: { S: "EVENT" }, at: { S: "soon" }, type: { N: "1" } };
    await collect(
      { events: journalEventsOf({ Records: [{ dynamodb: { NewImage: image } }] }), tokens: [], uses: [], sinceMs: NOW },
      ports,
    );
    expect([siem.events.length, stored()]).toEqual([1, 1]);
  });

  describe("with items that a function made up in the partitions that it may write", () => {
    const refused = (of: string, what: string, type: EventType = "operation.refused") =>
      linkEvent(EMPTY_CHAIN, of, type, NOW, { operator: "staff|ann", what });
    const put = (pk: string, sk: string, event: object) => ({
      dynamodb: { NewImage: marshall({ pk, sk, kind: "EVENT", ...event }, { removeUndefinedValues: true }) },
    });
    const [own, forged] = ["5pziufisgdts.", "x."].map((of) => refused(of, "read"));
    const GOOD = put("READJOURNAL#5pziufisgdts", "5pziufisgdts.#EVENT#000001", own ?? {});

    it.each([
      ["two keys with one subject", put("READJOURNAL#x", "x.#EVENT#000001", refused("5pziufisgdts.", "else"))],
      ["another number than its key's", put("READJOURNAL#x", "x.#EVENT#000002", forged ?? {})],
      ["a key of no event", put("READJOURNAL#x", "x", forged ?? {})],
      ["another journal's key", put("AGENTJOURNAL#ci", "EVENT#1", refused("other", "read"))],
      ["a hash of something else", put("READJOURNAL#x", "x.#EVENT#000001", { ...forged, at: NOW + 1 })],
      [
        "no first event",
        put("READJOURNAL#x", "x.#EVENT#000007", linkEvent({ n: 6, hash: "h" }, "x.", "operation.refused", NOW, {})),
      ],
      [
        "an act that its journal does not hold",
        put("READJOURNAL#x", "x.#EVENT#000001", refused("x.", "registered", "agent.registered")),
      ],
      [
        "a count of no hour",
        put("USEJOURNAL#2026-11-24T09:30:00Z", "EVENT#1", refused("2026-11-24T09:30:00Z", "count", "rights.counted")),
      ],
      [
        "an act that nobody did, in the place of an hour's count",
        put("USEJOURNAL#2026-11-24T09:00:00Z", "EVENT#1", refused("2026-11-24T09:00:00Z", "act", "agent.registered")),
      ],
      [
        "a second count of an hour",
        put(
          "USEJOURNAL#2026-11-24T09:00:00Z",
          "EVENT#2",
          linkEvent({ n: 1, hash: "h" }, "2026-11-24T09:00:00Z", "rights.counted", NOW, {}),
        ),
      ],
    ])("leaves the log intact, and rings: %s", async (_, record) => {
      const { ports } = world();
      const [log, lines] = [archivedWorld(), [] as object[]];
      const events = journalEventsOf({ Records: [GOOD, record] });
      await collect({ events, tokens: [], uses: [], sinceMs: NOW }, { ...ports, store: log.store });
      log.ports.log.write = (line) => void lines.push(line);
      await log.settle();
      expect(await verifyArchive(log.source)).toMatchObject({ verdict: "intact", size: 1, faults: [] });
      expect(lines).toContainEqual(expect.objectContaining({ level: "error", event: "archive_refused" }));
    });
  });

  it("sends the SIEM a task's first use of an action, and leaves it out of the archive", async () => {
    const { siem, ports, stored } = world();
    const row = {
      action: "s3:GetObject",
      resource: "arn:aws:s3:::acme-data/a",
      used: 1,
      denied: 0,
      first: NOW / 1_000,
    };
    const NewImage = marshall({
      pk: "USE#5pzi",
      sk: "5pziufisgdts.#s3:GetObject#x",
      ...row,
      region: "eu-central-1",
      sourceIp: "198.51.100.7",
    });
    const counts = marshall({ pk: "USE#5pzi", sk: "5pziufisgdts.##", rows: 1 });
    const Records = [{ dynamodb: { NewImage } }, { dynamodb: { NewImage: counts } }];
    await collect(
      { events: journalEventsOf({ Records }), tokens: [], uses: firstUsesOf({ Records }), sinceMs: NOW },
      ports,
    );
    expect(siem.events).toMatchObject([
      { class_uid: 6003, api: { operation: "GetObject" }, actor: { session: { uid: "5pziufisgdts." } } },
    ]);
    expect(stored()).toBe(0);
  });

  describe("with the tokens of votes", () => {
    const vote = (pk: string, item: object) => ({ dynamodb: { NewImage: marshall({ pk, sk: "staff|ann", ...item }) } });
    const Records = [
      vote("VOTE#a1", { token: "e.one.s" }),
      vote("VOTE#a1", { token: "e.one.s" }),
      vote("ACT#staff|ann", { token: "e.two.s", nonce: "n" }),
      vote("APPROVAL#a1", { token: "e.three.s", vote: "h" }),
      vote("VOTE#GIVEN#staff|ann", { ttl: 1 }),
      vote("TASK#5pzi", { token: "no person's" }),
      vote("VOTE#a2", { token: 7 }),
    ];
    const tokens = ["e.one.s", "e.two.s", "e.three.s"];
    const collected = { events: EVENTS, tokens, uses: [], sinceMs: NOW };

    it("reads each once, from the items by which a person signed and from no other", () => {
      expect(signedTokensOf({ Records })).toEqual(tokens);
    });

    it("stores each under its own hash, and a repeated delivery replaces nothing", async () => {
      const { proofs, ports, stored } = world();
      await collect(collected, ports);
      await collect(collected, ports);
      const kept = [...proofs.objects].map(([key, body]) => [key, body.toString()]);
      expect(kept).toEqual(
        tokens.map((token) => [`proofs/${createHash("sha256").update(token).digest("base64url")}`, token]),
      );
      expect(stored()).toBe(1);
    });

    it("loses nothing where the archive is down: all of it is delivered again", async () => {
      const { proofs, store, ports, stored } = world();
      store.onWrite = down;
      proofs.onWrite = down;
      await expect(collect(collected, ports)).rejects.toThrow("the bus is down");
      expect([stored(), proofs.objects.size]).toEqual([0, 0]);
      await expect(collect({ ...collected, sinceMs: NOW - 3_600_000 }, ports)).rejects.toThrow("the bus is down");
      store.onWrite = () => undefined;
      proofs.onWrite = () => undefined;
      await collect({ ...collected, sinceMs: NOW - 3_600_000 }, ports);
      expect([stored(), proofs.objects.size]).toEqual([1, 3]);
    });

    it("does not withhold events from the log, after two minutes, where the proofs' key is gone, and reports it", async () => {
      const { proofs, ports, stored, lines } = world();
      proofs.onWrite = down;
      await expect(collect({ ...collected, sinceMs: NOW - 119_000 }, ports)).rejects.toThrow("the bus is down");
      expect(stored()).toBe(0);
      await collect({ ...collected, sinceMs: NOW - 120_000 }, ports);
      expect(stored()).toBe(1);
      expect(lines).toContainEqual({ level: "error", event: "proofs_not_kept", tokens: 3, why: "TypeError" });
    });

    it("writes no token into a log line, an event or a batch", async () => {
      const { store, siem, ports, lines } = world();
      await collect(collected, ports);
      const output = JSON.stringify([lines, siem.events, [...store.objects].map(([key, body]) => [key, String(body)])]);
      for (const token of tokens) expect(output).not.toContain(token);
    });
  });

  it.each([
    [NO_SIEM, undefined],
    ["", undefined],
    ["arn:aws:events:EU-central-1:999900001111:event-bus/valetkey", undefined],
    [
      "arn:aws:events:eu-central-1:999900001111:event-bus/valetkey",
      {
        bus: "arn:aws:events:eu-central-1:999900001111:event-bus/valetkey",
        account: "999900001111",
        region: "eu-central-1",
      },
    ],
  ])("reads the setting %j", (setting, expected) => {
    expect(siemOf(setting)).toEqual(expected);
  });
});
