import { beforeEach, describe, expect, it } from "vitest";
import type { EventType } from "../../contract/journal-types.ts";
import { anchorKey } from "../../functions/core/archive/anchor.ts";
import { CHECKPOINT, hourlyKey } from "../../functions/core/archive/archive-keys.ts";
import { type ArchivedEvent, entryOf, factsKey, sha256Of } from "../../functions/core/archive/entry.ts";
import { tileKey } from "../../functions/core/archive/tiles.ts";
import { EMPTY_CHAIN, linkEvent } from "../../functions/core/journal/event.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { FakeService } from "../fakes/world/service.ts";
import {
  type FakeWorld,
  fakeWorld,
  httpEvent,
  NOON_MS,
  policiesWith,
  policiesWithPermits,
} from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const HOUR_MS = 3_600_000;

/** Event of an agent's task, of its own chain. */
const event = (
  of: string,
  type: EventType,
  facts: Readonly<Record<string, string>>,
  atMs = NOON_MS,
  journal: ArchivedEvent["journal"] = "tasks",
): ArchivedEvent => ({ journal, ...linkEvent(EMPTY_CHAIN, of, type, atMs, facts) });

const opened = (of: string, agent: string, atMs?: number) => event(of, "task.opened", { agent }, atMs);
const many = (count: number, agent: string, atMs = NOON_MS) =>
  Array.from({ length: count }, (_, index) => opened(`${index}.`, agent, atMs + index));

interface Hour extends Readonly<Record<"opened" | "keys" | "denied" | "ended", number>> {
  readonly from: string;
  readonly rights?: object;
}

interface Journal {
  readonly checkpoint: { readonly size: number; readonly origin: string; readonly signed_at: string };
  readonly anchor: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly index: number; readonly event: ArchivedEvent }[];
  readonly searched: { readonly from: number; readonly to: number; readonly back_to?: string };
  readonly before?: number;
  readonly gone_before?: number;
  readonly counts?: {
    readonly hours: readonly Hour[];
    readonly dead?: object;
  };
}

let world: FakeWorld;
let service: FakeService;
beforeEach(() => {
  world = fakeWorld();
  service = new FakeService(world);
});

async function read(query = "", token?: string): Promise<Journal> {
  const { status, body } = await service.operate("GET /v1/journal", { query, ...(token ? { token } : {}) });
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body as Journal & typeof body;
}

const refusal = async (query = "", token?: string) => {
  const { status, body } = await service.operate("GET /v1/journal", { query, ...(token ? { token } : {}) });
  return [status, body.code];
};
const named = ({ events }: Journal) => events.map(({ index, event: { of } }) => `${index} ${of}`);

describe("GET /v1/journal", () => {
  it("shows events newest first, with their places, and the checkpoint that signs them", async () => {
    world.ports.archived.add([opened("a.", "demo"), opened("b.", "tickets")], NOON_MS);
    const journal = await read();
    expect(named(journal)).toEqual(["2 b.", "1 a.", "0 tickets"]);
    expect(journal.events[1]?.event).toEqual(opened("a.", "demo"));
    expect(journal).toMatchObject({
      checkpoint: { origin: "valetkey/999900001111/eu-central-1", size: 3, signed_at: "2026-11-24T12:00:00Z" },
      waits_seconds: 60,
      searched: { from: 0, to: 3, back_to: "2026-11-23T00:00:00.000Z" },
    });
    expect(journal).not.toHaveProperty("before");
  });

  it.each([
    ["agent=demo", ["3 c.", "2 a.b."]],
    ["task=a", ["2 a.b.", "1 a."]],
    ["person=alice", ["4 d.", "0 tickets"]],
    ["denied=true", ["3 c."]],
    ["since=2026-11-24T12:00:00Z", ["4 d.", "3 c.", "2 a.b.", "1 a."]],
    ["until=2026-11-23T00:00:00Z", ["0 tickets"]],
    ["agent=demo&denied=true&since=2026-11-24T12:00:00.000Z", ["3 c."]],
  ])("takes what fits %s", async (query, expected) => {
    const ids = { a: "aaaaaaaaaaaa.", b: "aaaaaaaaaaaa.bbbbbbbbbbbb." };
    world.ports.archived.add(
      [
        opened(ids.a, "tickets"),
        opened(ids.b, "demo"),
        event("c.", "task.refused", { agent: "demo" }),
        event("d.", "agent.changed", { by: "staff|alice" }, NOON_MS, "agents"),
      ],
      NOON_MS,
    );
    const got = named(await read(query.replace("task=a", "task=aaaaaaaaaaaa.")));
    expect(got.map((each) => each.replace(ids.b, "a.b.").replace(ids.a, "a."))).toEqual(expected);
  });

  it.each(["Demo", "demo ", "-", ""])("refuses a search for an agent by %j, which is no id of one", async (agent) => {
    const answer = await service.send(
      httpEvent("GET /v1/journal", {
        headers: { authorization: `Bearer ${world.operatorToken()}` },
        rawQueryString: new URLSearchParams({ agent }).toString(),
      }),
    );
    expect(answer).toMatchObject({ status: 400, body: { code: "malformed_request" } });
  });

  it("goes on where the page before ended, though the log has grown meanwhile", async () => {
    world.ports.archived.add(many(5, "demo"), NOON_MS);
    const first = await read("limit=2");
    expect([named(first), first.before]).toEqual([["5 4.", "4 3."], 4]);
    world.ports.archived.add(many(3, "demo"), NOON_MS);
    const second = await read(`limit=10&before=${first.before}`);
    expect(named(second)).toEqual(["3 2.", "2 1.", "1 0.", "0 tickets"]);
    expect(second).not.toHaveProperty("before");
  });

  it("reads 16 bundles and no further, and reports how far back it has read", async () => {
    world.ports.archived.add([opened("old.", "demo"), ...many(20 * 256, "tickets")], NOON_MS);
    const journal = await read("agent=demo");
    expect(journal).toMatchObject({ events: [], searched: { from: 1_280, to: 5_122 }, before: 1_280 });
    expect(named(await read(`agent=demo&before=${journal.before}`))).toEqual(["1 old."]);
  });

  it("stops at the hour before `since`, where the hourly checkpoints show that nothing younger can be", async () => {
    for (let hour = 0; hour < 30; hour += 1)
      world.ports.archived.add(many(300, "demo", NOON_MS + hour * HOUR_MS), NOON_MS + hour * HOUR_MS);
    const keys: string[] = [];
    world.ports.archived.source.onRead = (key) => void keys.push(key);
    const journal = await read("agent=demo&since=2026-11-25T17:00:00Z");
    // The hours 17:00 to 18:00 are the last; 15:00 is the newest checkpoint that was surely signed before.
    expect(journal.events).toHaveLength(50);
    expect(keys.filter((key) => key.startsWith("tile/entries/")).length).toBeLessThanOrEqual(2);
    let [seen, next] = [journal.events.length, journal.before];
    while (next !== undefined) {
      const more = await read(`agent=demo&since=2026-11-25T17:00:00Z&before=${next}`);
      [seen, next] = [seen + more.events.length, more.before];
    }
    expect(seen).toBe(300);
    const bundles = new Set(keys.filter((key) => key.startsWith("tile/entries/")));
    expect(bundles.size).toBeLessThanOrEqual(4);
  });

  it("begins a day after `until`, so that it finds what came into the log late", async () => {
    for (let hour = 0; hour < 60; hour += 1)
      world.ports.archived.add(many(300, "demo", NOON_MS + hour * HOUR_MS), NOON_MS + hour * HOUR_MS);
    const journal = await read("until=2026-11-24T13:30:00Z&limit=1");
    expect(journal.searched.to).toBeLessThan(30 * 300);
    expect(journal.searched.to).toBeGreaterThan(24 * 300);
  });

  it("answers at most a megabyte, and goes on with the next page", async () => {
    const large = Array.from({ length: 30 }, (_, index) =>
      event(`${index}.`, "task.opened", { agent: "demo", purpose: "x".repeat(60_000) }),
    );
    world.ports.archived.add(large, NOON_MS);
    const journal = await read("agent=demo");
    expect(journal.events.length).toBe(18);
    expect((await read(`agent=demo&before=${journal.before}`)).events.length).toBe(12);
  });

  it("puts facts of an object of their own into their event, and shows an event without them where they are gone", async () => {
    const large = event("a.", "task.opened", { agent: "demo", purpose: "x".repeat(70_000) });
    world.ports.archived.add([large], NOON_MS);
    expect((await read("agent=demo")).events[0]?.event).toEqual(large);
    const facts = entryOf(large).facts ?? Buffer.alloc(0);
    world.ports.archived.source.objects.delete(factsKey(sha256Of(facts)));
    // Nobody knows whose it was.
    expect((await read("agent=demo")).events).toEqual([]);
    expect((await read("limit=1")).events[0]?.event).toMatchObject({ of: "a.", factsIn: sha256Of(facts) });
  });

  it("reports where entries are gone from the bucket", async () => {
    world.ports.archived.add(many(600, "demo"), NOON_MS);
    world.ports.archived.source.objects.delete(tileKey("entries", 0));
    const journal = await read("agent=tickets");
    expect(journal).toMatchObject({ events: [], gone_before: 256, searched: { from: 256, to: 601 } });
    expect(journal).not.toHaveProperty("before");
  });
});

describe("a poll of the journal", () => {
  const poll = (query: string, tag = "") =>
    service.send(
      httpEvent("GET /v1/journal", {
        headers: { authorization: `Bearer ${world.operatorToken()}`, "if-none-match": tag },
        rawQueryString: query,
      }),
    );

  it("is answered with nothing until something is signed, and reads no entry for it", async () => {
    world.ports.archived.add(many(3, "demo"), NOON_MS);
    const { etag = "" } = (await poll("agent=demo")).headers;
    const keys: string[] = [];
    world.ports.archived.source.onRead = (key) => void keys.push(key);
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`])
      expect(await poll("agent=demo", tag)).toMatchObject({ status: 304, body: {}, headers: { etag } });
    expect(new Set(keys)).toEqual(new Set(["checkpoint", "verifier-key"]));
    // Another question, another answer.
    expect((await poll("agent=tickets", etag)).status).toBe(200);
    expect((await poll("agent=demo", '"other"')).status).toBe(200);
    world.ports.archived.add(many(1, "demo"), NOON_MS + 1);
    expect((await poll("agent=demo", etag)).status).toBe(200);
  });

  it("is evaluated by policy each time, so that no tag shows that something has happened", async () => {
    const { etag = "" } = (await poll("agent=demo")).headers;
    world.ports.agents.agents.delete("demo");
    expect((await poll("agent=demo", etag)).status).toBe(404);
  });
});

describe("the right to read the journal", () => {
  it("is evaluated by policy: about the requested agent, and about the deployment where none is", async () => {
    const policies = policiesWith(
      'permit (principal is User, action == Action::"valetkey:ReadJournal", resource == Agent::"demo");',
    );
    world = fakeWorld({ policies });
    service = new FakeService(world);
    world.ports.archived.add([opened("a.", "demo"), opened("b.", "tickets")], NOON_MS);
    expect(named(await read("agent=demo"))).toEqual(["1 a."]);
    for (const query of ["", "agent=tickets", "agent=nobody", "task=aaaaaaaaaaaa.", "person=alice", "denied=true"])
      expect(await refusal(query), query).toEqual([403, "operator_denied"]);
  });

  it("shows of a permitted agent nothing that is another's, whatever is joined to it", async () => {
    const [own, below] = ["aaaaaaaaaaaa.", "aaaaaaaaaaaa.bbbbbbbbbbbb."];
    world.ports.archived.add([opened(own, "demo"), opened(below, "tickets")], NOON_MS);
    expect(named(await read("agent=demo&task=aaaaaaaaaaaa."))).toEqual([`1 ${own}`]);
    expect(await refusal("agent=demo&agent=tickets")).toEqual([400, "malformed_request"]);
    expect(await refusal("agent=demo&Agent=tickets")).toEqual([400, "malformed_request"]);
  });

  it("is nobody whom policy does not permit: a stranger, an agent, a person without a group", async () => {
    expect(await refusal("", world.operatorToken({ sub: "mallory" }))).toEqual([403, "operator_denied"]);
    expect(await refusal("", world.agentToken())).toEqual([401, "operator_token_invalid"]);
  });
});

describe("a hostile query", () => {
  it.each([
    "task=../proofs/x",
    "task=%2e%2e%2fproofs",
    "agent=../../checkpoint",
    "agent=",
    "before=-1",
    "before=0",
    "before=1e3",
    "before=99999999999999999",
    "limit=101",
    "limit=NaN",
    "since=yesterday",
    "since=2026-13-45T00:00:00Z",
    "since=0000-00-00T00:00:00Z",
    "until=%00",
    "denied=yes",
    "person=",
    `person=${"a".repeat(321)}`,
    "__proto__=x",
    "agnet=demo",
  ])("is refused, and reads no object: %s", async (query) => {
    const keys: string[] = [];
    world.ports.archived.source.onRead = (key) => void keys.push(key);
    const [status] = await refusal(query);
    expect([400, 404]).toContain(status);
    expect(keys).toEqual([]);
  });

  it.each([
    "since=0001-01-01T00:00:00Z",
    "until=9999-12-31T23:59:59Z",
    "since=9999-12-31T23:59:59Z",
    "before=9007199254740991",
  ])("costs no more than another: %s", async (query) => {
    world.ports.archived.add(many(20 * 256, "demo"), NOON_MS);
    const keys: string[] = [];
    world.ports.archived.source.onRead = (key) => void keys.push(key);
    await read(`person=nobody&${query}`);
    expect(keys.length).toBeLessThanOrEqual(16 + 12);
    expect(keys.filter((key) => !/^(tile\/(entries|\d)|checkpoints)\/|^(checkpoint|verifier-key)$/.test(key))).toEqual(
      [],
    );
  });
});

describe("an archive that does not hold what was signed", () => {
  it.each<readonly [name: string, query: string, change: () => void]>([
    [
      "a checkpoint that nobody signed",
      "",
      () => void world.ports.archived.source.objects.set(CHECKPOINT, Buffer.from("x")),
    ],
    [
      "another log's key",
      "",
      () => void world.ports.archived.source.objects.set("verifier-key", Buffer.from("other+00000000+AQ==")),
    ],
    ["an entry of a full bundle", "agent=tickets", () => changeByte(tileKey("entries", 0))],
    ["an entry at the edge", "", () => changeByte(tileKey("entries", 2, 600 - 512 + 1))],
    ["a tile above", "agent=tickets", () => changeByte(tileKey(1, 0, 2))],
    ["an hour's checkpoint", "since=2026-11-24T13:06:00Z", () => changeByte(hourlyKey(NOON_MS))],
  ])("is refused loudly, and nothing of it is shown: %s", async (_, query, change) => {
    world.ports.archived.add(many(600, "demo"), NOON_MS);
    await read(query);
    change();
    expect(await refusal(query)).toEqual([502, "archive_broken"]);
    expect(world.lines.at(-1)).toMatchObject({ level: "error", code: "archive_broken" });
  });

  const changeByte = (key: string): void => {
    const body = Buffer.from(world.ports.archived.source.objects.get(key) ?? expect.fail(`no ${key}`));
    body.writeUInt8(body.readUInt8(40) ^ 1, 40);
    world.ports.archived.source.objects.set(key, body);
  };

  it("is refused where a full tile high above is not what was signed", async () => {
    const entries = Array.from({ length: 65_800 }, (_, index) => Buffer.from(String(index)));
    world.ports.archived.addEntries(entries, NOON_MS);
    await read("agent=demo&before=100");
    changeByte(tileKey(1, 0));
    expect(await refusal("agent=demo&before=100")).toEqual([502, "archive_broken"]);
  });

  it("is an outage where it cannot be read, or nothing was signed yet", async () => {
    world.ports.archived.source.objects.clear();
    expect(await refusal()).toEqual([503, "archive_unavailable"]);
    world.ports.archived.source.onRead = () => {
      throw new Refusal("archive_unavailable");
    };
    expect(await refusal()).toEqual([503, "archive_unavailable"]);
  });
});

describe("the witness", () => {
  const anchored = async () => (await read()).anchor;
  const place = { bucket: "acme-audit-anchor", account: "444455556666" };
  const key = anchorKey("valetkey/999900001111/eu-central-1", NOON_MS);

  it("holds the same where its newest checkpoint is a tree of this log", async () => {
    world.ports.archived.add(many(700, "demo"), NOON_MS);
    world.ports.archived.add(many(400, "demo"), NOON_MS + 60_000);
    expect(await anchored()).toEqual({ state: "same", ...place, key, size: 701 });
    world.pass(3_600);
    // The checkpoint of the hour before still counts.
    expect(await anchored()).toMatchObject({ state: "same", size: 701 });
    expect(world.lines.filter(({ event }) => event === "anchor_differs")).toEqual([]);
  });

  it.each<readonly [string, () => Buffer]>([
    ["another tree of that size", () => world.ports.archived.note(2, Buffer.alloc(32))],
    ["a greater tree than the log has", () => world.ports.archived.note(5_000, Buffer.alloc(32))],
    ["a note that this log's key has not signed", () => Buffer.from("valetkey\n1\n\n")],
  ])("differs where it holds %s", async (_, note) => {
    world.ports.archived.add(many(2, "demo"), NOON_MS);
    world.ports.archived.anchor.source.objects.set(key, note());
    expect(await anchored()).toMatchObject({ state: "differs", ...place });
    expect(world.lines.filter(({ level }) => level === "error")).toMatchObject([{ event: "anchor_differs", why: key }]);
  });

  it("was not read where it shows no checkpoint of the last two hours", async () => {
    expect(await anchored()).toEqual({ state: "not_read", ...place });
  });

  it("is read before the log, which can only have grown since", async () => {
    world.ports.archived.add(many(2, "demo"), NOON_MS);
    const order: string[] = [];
    world.ports.archived.anchor.source.onRead = (at) => void order.push(at);
    world.ports.archived.source.onRead = (at) => void order.push(at);
    await read();
    expect(order.indexOf(key)).toBeLessThan(order.indexOf(CHECKPOINT));
  });
});

describe("counts of the log by hour", () => {
  const COUNTS = "since=2026-11-24T00:00:00Z&counts=hours&limit=1";
  const LEASES = [
    { name: "aws-0", account: "111122223333", role: "one" },
    { name: "aws-1", account: "111122223333", role: "two" },
  ];
  const at = (of: string, type: EventType, atMs: number, facts: object, journal: ArchivedEvent["journal"] = "tasks") =>
    ({ journal, ...linkEvent(EMPTY_CHAIN, of, type, atMs, { ...facts }) }) as ArchivedEvent;
  const ended = (of: string, atMs: number) => at(of, "task.ended", atMs, { agent: "demo", leases: LEASES });
  const written = (role: string, atMs: number, ...endings: string[]) =>
    at(`111122223333/${role}`, "role.policy_written", atMs, { endings }, "roles");
  const countsOf = async (query = COUNTS, token?: string) => {
    const { counts, ...rest } = await read(query, token);
    return { ...rest, counts, busy: counts?.hours.filter((hour) => hour.keys + hour.denied > 0) };
  };

  it("have every selected event, though the answer shows one, and nothing from before", async () => {
    world.ports.archived.add(
      [
        at("old.", "task.opened", NOON_MS - 24 * HOUR_MS, { agent: "demo", leases: LEASES }),
        at("a.", "task.opened", NOON_MS - HOUR_MS, { agent: "demo", leases: LEASES, connector_leases: [{}] }),
        at("a.", "lease.renewed", NOON_MS, { agent: "demo", lease: LEASES[0] }),
        at("b.", "task.refused", NOON_MS, { agent: "demo" }),
        at("c.", "operation.refused", NOON_MS + 1, { operator: "staff|alice" }),
      ],
      NOON_MS,
    );
    const { events, counts, busy } = await countsOf();
    expect(events).toHaveLength(1);
    expect(counts?.hours).toHaveLength(24);
    expect(busy).toEqual([
      { from: "2026-11-24T11:00:00.000Z", opened: 1, keys: 3, denied: 0, ended: 0 },
      { from: "2026-11-24T12:00:00.000Z", opened: 0, keys: 1, denied: 2, ended: 0 },
    ]);
    expect(counts).not.toHaveProperty("dead");
    expect(await read("since=2026-11-24T00:00:00Z")).not.toHaveProperty("counts");
  });

  it("measure a task from its end to the last of its roles' writes, and leave out a task with a write missing", async () => {
    world.ports.archived.add(
      [
        ended("fast.", NOON_MS),
        ended("slow.", NOON_MS),
        ended("slower.", NOON_MS),
        ended("half.", NOON_MS),
        written("one", NOON_MS + 100, "fast.", "slow.", "slower.", "half."),
        written("two", NOON_MS + 300, "fast."),
        written("two", NOON_MS + 800, "slow.", "fast."),
        written("two", NOON_MS + 900, "slower."),
      ],
      NOON_MS,
    );
    expect((await countsOf()).counts?.dead).toEqual({ median_ms: 800, slowest_ms: 900, measured: 3 });
  });

  describe("with the rights that an hour's ended tasks left unused", () => {
    const HOUR = NOON_MS / 1_000 - 10_800;
    const RIGHTS = { tasks: 2, granted: 5, unused: 3, not_seen: 1 };
    const rights = (facts: object = {}, atMs = NOON_MS, of = "2026-11-24T09:00:00Z") =>
      at(of, "rights.counted", atMs, { hour: HOUR, ...RIGHTS, ...facts }, "uses");
    const rightsOf = async (events: readonly ArchivedEvent[], query = COUNTS) => {
      world.ports.archived.add(events, NOON_MS);
      const { counts } = await read(query);
      return counts?.hours.flatMap((hour) => (hour.rights ? [{ at: hour.from.slice(11, 13), ...hour.rights }] : []));
    };

    it("have them at the hour of the tasks' end, beside the number of ended tasks that others wrote", async () => {
      expect(await rightsOf([ended("a.", HOUR * 1_000), rights()])).toEqual([{ at: "09", ...RIGHTS }]);
      const { counts } = await read(COUNTS);
      expect(counts?.hours.flatMap(({ ended: many }) => (many > 0 ? many : []))).toEqual([1]);
    });

    it("have none for an hour that is not counted: nothing is known of it, which is not the same as unused", async () => {
      expect(await rightsOf([ended("a.", HOUR * 1_000)])).toEqual([]);
    });

    it.each<[string, ArchivedEvent]>([
      ["was counted before its calls could have come", rights({}, (HOUR + 7_199) * 1_000)],
      ["has a count under another hour's name", rights({}, NOON_MS, "2026-11-24T08:00:00Z")],
      ["left more unused than was granted", rights({ unused: 5 })],
      ["left less than nothing unused", rights({ unused: -1 })],
      ["has a count without a number", rights({ granted: "many" })],
      ["has a count that is no whole number", rights({ unused: 0.5 })],
    ])("have none for an hour that %s", async (_, forged) => {
      expect(await rightsOf([forged])).toEqual([]);
    });

    it("have none for an hour with two counts, since nobody knows which is true", async () => {
      expect(await rightsOf([rights(), rights({ unused: 0 })])).toEqual([]);
      expect(await rightsOf([rights()])).toEqual([]);
    });

    it("have none where an agent is named: the count is of all agents", async () => {
      expect(await rightsOf([rights()], `agent=demo&${COUNTS}`)).toEqual([]);
    });
  });

  it("stop at the bound of a search, and name the place where they stopped", async () => {
    world.ports.archived.add(many(5_000, "demo"), NOON_MS);
    const { counts, before, searched } = await read(COUNTS);
    const opened = counts?.hours.reduce((sum, hour) => sum + hour.opened, 0);
    expect(before).toBe(searched.from);
    expect(opened).toBe(searched.to - searched.from);
    expect(opened).toBeLessThanOrEqual(4_096);
  });

  it("are of the one agent alone that policy lets the operator read", async () => {
    const own = `permit (principal, action == Action::"valetkey:ReadJournal", resource is Agent) when { principal.id == "staff|bo" && resource.id == "demo" };`;
    service = new FakeService(world, { ...world.ports, policies: policiesWithPermits(["only-demo", own]) });
    world.addAgent({ id: "hidden" });
    world.ports.archived.add(
      [
        at("a.", "task.opened", NOON_MS, { agent: "demo", leases: LEASES }),
        at("b.", "task.opened", NOON_MS, { agent: "hidden", leases: LEASES }),
        at("b.", "task.ended", NOON_MS, { agent: "hidden", leases: LEASES }),
        written("one", NOON_MS, "b."),
        written("two", NOON_MS, "b."),
      ],
      NOON_MS,
    );
    const token = world.operatorToken({ sub: "bo" });
    expect(await refusal(COUNTS, token)).toEqual([403, "operator_denied"]);
    expect(await refusal(`agent=hidden&${COUNTS}`, token)).toEqual([403, "operator_denied"]);
    const { counts, busy } = await countsOf(`agent=demo&${COUNTS}`, token);
    expect(busy).toEqual([{ from: "2026-11-24T12:00:00.000Z", opened: 1, keys: 2, denied: 0, ended: 0 }]);
    expect(counts).not.toHaveProperty("dead");
  });

  it.each(["counts=hours", "counts=days&since=2026-11-24T00:00:00Z"])("are refused for %s", async (query) => {
    expect(await refusal(query)).toEqual([400, "malformed_request"]);
  });
});
