import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isWholeChain } from "../../functions/core/journal/event.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { intake } from "../../functions/intake/intake.ts";
import type { StreamRecord } from "../../functions/relay/changes.ts";
import { relay } from "../../functions/relay/relay.ts";
import { FakeBus } from "../fakes/observed/bus.ts";
import { FakeRevocationQueue } from "../fakes/revocation/revocation-queue.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld, READ_REPORTS } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const HUB = "999900001111";
const PUBLISHER = "444455556666";

/** Intent of the agent when it acts for Pat. */
const FOR_PAT = { authorization_details: JSON.stringify(READ_REPORTS) };

type Fields = Readonly<Record<string, unknown>>;

/** The function `intake` over the world of a service. */
class Intake {
  readonly service = new FakeService(fakeWorld());
  readonly world = this.service.world;
  readonly tasks = this.world.ports.tasks;

  /** An event as EventBridge would hand it over: a good one of a publisher, with what is given over it. */
  event(type: string, detail: Fields, changed: Fields = {}): Fields {
    return {
      version: "0",
      id: randomUUID(),
      "detail-type": type,
      source: "valetkey.request",
      account: PUBLISHER,
      time: new Date(this.world.nowSeconds() * 1_000).toISOString(),
      region: "us-east-1",
      resources: [],
      detail: { version: "1", reason: "the pipeline has finished", requested_by: "ci", ...detail },
      ...changed,
    };
  }

  take(event: unknown): Promise<void> {
    return intake(event, this.world.ports);
  }

  statusOf(path: string): string | undefined {
    return this.tasks.tasks.get(path)?.status;
  }

  agentStatus(id = "demo"): string | undefined {
    return this.world.ports.agents.agents.get(id)?.status;
  }

  /** The journal's records of events, in order. */
  records() {
    return this.tasks.events.filter(({ type }) => type.startsWith("event."));
  }

  lastLine() {
    return this.world.lines.findLast(({ event }) => String(event).startsWith("event_"));
  }
}

describe("an event that a publisher may put", () => {
  it("ends a task, and the journal names the publisher before it is done", async () => {
    const taking = new Intake();
    const { id } = await taking.service.start();
    const event = taking.event("task.end", { task: id });
    await taking.take(event);
    expect(taking.statusOf(id)).toBe("revoked");
    const [record] = taking.records();
    expect(record).toMatchObject({
      type: "event.taken",
      facts: {
        event: event.id,
        account: PUBLISHER,
        source: "valetkey.request",
        asked: "task.end",
        task: id,
        reason: "the pipeline has finished",
        requested_by: "ci",
      },
    });
    expect(isWholeChain(record ? [record] : [])).toBe(true);
    expect(taking.tasks.events.at(-1)).toMatchObject({ type: "task.ended", facts: { by: `event:${event.id}` } });
    expect(taking.lastLine()).toMatchObject({ level: "info", event: "event_taken", asked: "task.end", task: id });
  });

  it.each([
    ["agent.suspend", "suspended", "agent_inactive"],
    ["agent.offboard", "offboarding", "agent_unknown"],
  ])("%s leaves the agent %s, ends its tasks, and nothing of anybody else", async (type, status, code) => {
    const taking = new Intake();
    taking.world.addAgent({ id: "other" });
    const [one, two] = [await taking.service.start(), await taking.service.start()];
    const other = await taking.service.start({ subject_token: taking.world.agentToken({ sub: "agent:other" }) });
    const event = taking.event(type, { agent: "demo" });
    await taking.take(event);
    expect([taking.agentStatus(), taking.agentStatus("other")]).toEqual([status, "active"]);
    expect([one.id, two.id, other.id].map((id) => taking.statusOf(id))).toEqual(["revoked", "revoked", "active"]);
    expect(taking.world.ports.agents.agents.get("demo")?.halted?.by).toBe(`event:${event.id}`);
    expect(await taking.service.exchange()).toMatchObject({ body: { code } });
  });

  it("agent.suspend from before a person resumed the agent does not suspend it again, however late or often it comes", async () => {
    const taking = new Intake();
    const event = taking.event("agent.suspend", { agent: "demo" });
    await taking.take(event);
    expect(taking.agentStatus()).toBe("suspended");
    taking.world.pass(60);
    await taking.service.operate("POST /v1/agents/{agent}/resume", { parameters: { agent: "demo" } });
    taking.world.pass(60);
    await taking.take(event);
    await taking.take({ ...event, id: randomUUID() });
    expect(taking.agentStatus()).toBe("active");
    expect(taking.lastLine()).toMatchObject({ level: "error", event: "event_refused", why: "resumed" });
    await taking.take(taking.event("agent.suspend", { agent: "demo" }));
    expect(taking.agentStatus()).toBe("suspended");
  });

  it("person.offboard that is delivered again ends nothing that a later sign-in has opened", async () => {
    const taking = new Intake();
    const event = taking.event("person.offboard", { person: "staff|pat" });
    await taking.take(event);
    taking.world.pass(60);
    const start = async () =>
      (await taking.service.exchangeFor(taking.world.personToken(), FOR_PAT)).body.task?.id ?? "";
    const later = await start();
    taking.world.pass(60);
    await taking.take(event);
    expect(taking.statusOf(later)).toBe("active");
  });

  it("person.offboard ends everything for the person, and nothing of anybody else (B4, B5)", async () => {
    const taking = new Intake();
    const start = async (sub: string) =>
      (await taking.service.exchangeFor(taking.world.personToken({ sub }), FOR_PAT)).body.task?.id ?? "";
    const [one, two, kims] = [await start("pat"), await start("pat"), await start("kim")];
    const token = taking.world.personToken();
    const event = taking.event("person.offboard", { person: "staff|pat" });
    await taking.take(event);
    expect([one, two, kims].map((id) => taking.statusOf(id))).toEqual(["revoked", "revoked", "active"]);
    expect(await taking.service.exchangeFor(token, FOR_PAT)).toMatchObject({ body: { code: "person_ended" } });
    expect(taking.records()).toMatchObject([
      { type: "event.taken", facts: { person: "staff|pat", requested_by: "ci" } },
    ]);
    expect(taking.tasks.events.find(({ type }) => type === "person.tasks_ended")).toMatchObject({
      facts: { by: `event:${event.id}`, person: "staff|pat", reason: "the pipeline has finished" },
    });
    expect(JSON.stringify(taking.world.lines)).not.toContain("staff|pat");
  });

  it("person.offboard is tried again after an outage, and then done", async () => {
    const taking = new Intake();
    const { body } = await taking.service.exchangeFor(taking.world.personToken(), FOR_PAT);
    const event = taking.event("person.offboard", { person: "staff|pat" });
    taking.tasks.before = (called) => {
      if (called === "end") throw new Refusal("store_unavailable");
    };
    await expect(taking.take(event)).rejects.toMatchObject({ code: "store_unavailable" });
    taking.tasks.before = () => undefined;
    await taking.take(event);
    expect(taking.statusOf(body.task?.id ?? "")).toBe("revoked");
  });

  it("is done once, however often it is delivered", async () => {
    const taking = new Intake();
    const { id } = await taking.service.start();
    const event = taking.event("task.end", { task: id });
    for (let times = 0; times < 3; times += 1) await taking.take(event);
    await Promise.all([taking.take(event), taking.take(event)]);
    expect(taking.records()).toHaveLength(1);
    expect(taking.tasks.events.filter(({ type }) => type === "task.ended")).toHaveLength(1);
  });

  it("leaves a task that has ended as it is", async () => {
    const taking = new Intake();
    const held = await taking.service.start();
    await taking.service.complete(held);
    await taking.take(taking.event("task.end", { task: held.id }));
    expect(taking.statusOf(held.id)).toBe("completed");
  });

  it("cannot bring an agent back: a suspension that arrives after an offboarding changes nothing", async () => {
    const taking = new Intake();
    await taking.take(taking.event("agent.offboard", { agent: "demo" }));
    await taking.take(taking.event("agent.suspend", { agent: "demo" }));
    expect(taking.agentStatus()).toBe("offboarding");
  });

  it.each(["read", "append", "end"])("is tried again after an outage of %s, and then done", async (method) => {
    const taking = new Intake();
    const { id } = await taking.service.start();
    const event = taking.event("task.end", { task: id });
    taking.tasks.before = (called) => {
      if (called === method) throw new Refusal("store_unavailable");
    };
    await expect(taking.take(event)).rejects.toMatchObject({ code: "store_unavailable" });
    expect(taking.statusOf(id)).toBe("active");
    taking.tasks.before = () => undefined;
    await taking.take(event);
    expect(taking.statusOf(id)).toBe("revoked");
    expect(taking.records()).toHaveLength(1);
  });

  it("of an agent with more tasks than there is time for is tried again until none is left", async () => {
    const taking = new Intake();
    for (let count = 0; count < 40; count += 1) await taking.service.start();
    const end = taking.tasks.end.bind(taking.tasks);
    taking.tasks.end = (...given) => {
      taking.world.pass(4);
      return end(...given);
    };
    const event = taking.event("agent.offboard", { agent: "demo" });
    await expect(taking.take(event)).rejects.toMatchObject({ code: "contended" });
    for (let tries = 0; tries < 4; tries += 1) await taking.take(event).catch(() => undefined);
    expect([...taking.tasks.tasks.values()].filter(({ status }) => status === "active")).toEqual([]);
    await taking.take(event);
  });
});

describe("an event that ends nothing", () => {
  const start = async () => {
    const taking = new Intake();
    return { taking, id: (await taking.service.start()).id };
  };
  const at = (taking: Intake, seconds: number) => ({
    time: new Date((taking.world.nowSeconds() + seconds) * 1_000).toISOString(),
  });
  type Row = readonly [string, string, (taking: Intake, id: string) => unknown];

  /** One fault in each. The task exists, so the journal records the fault. */
  const recorded: readonly Row[] = [
    [
      "from an account that is no publisher",
      "not_a_publisher",
      (t, task) => t.event("task.end", { task }, { account: "777788889999" }),
    ],
    [
      "from the hub, which is no publisher either",
      "not_a_publisher",
      (t, task) => t.event("task.end", { task }, { account: HUB }),
    ],
    ["from no account", "not_a_publisher", (t, task) => t.event("task.end", { task }, { account: undefined })],
    [
      "from a list of accounts",
      "not_a_publisher",
      (t, task) => t.event("task.end", { task }, { account: [PUBLISHER] }),
    ],
    ["under another source", "not_a_publisher", (t, task) => t.event("task.end", { task }, { source: "acme.ci" })],
    [
      "under our own source from a publisher",
      "not_a_publisher",
      (t, task) => t.event("task.end", { task }, { source: "valetkey" }),
    ],
    ["of another type", "malformed", (t, task) => t.event("task.resume", { task })],
    ["of a type that every object has", "malformed", (t, task) => t.event("constructor", { task })],
    ["of another version", "unknown_version", (t, task) => t.event("task.end", { task, version: "2" })],
    ["of no version", "unknown_version", (t, task) => t.event("task.end", { task, version: undefined })],
    ["with a field that nobody knows", "malformed", (t, task) => t.event("task.end", { task, status: "completed" })],
    ["that names an agent too", "malformed", (t, task) => t.event("task.end", { task, agent: "demo" })],
    ["that names a task for an agent", "malformed", (t, task) => t.event("agent.suspend", { task })],
    ["without a reason", "malformed", (t, task) => t.event("task.end", { task, reason: "" })],
    ["with a reason that turns text around", "malformed", (t, task) => t.event("task.end", { task, reason: "\u202e" })],
    ["with a long reason", "malformed", (t, task) => t.event("task.end", { task, reason: "x".repeat(257) })],
    ["without a name", "malformed", (t, task) => t.event("task.end", { task, requested_by: 7 })],
    ["without an id", "malformed", (t, task) => t.event("task.end", { task }, { id: undefined })],
    ["without a time", "malformed", (t, task) => t.event("task.end", { task }, { time: "soon" })],
    ["more than a day old", "late", (t, task) => t.event("task.end", { task }, at(t, -86_401))],
    ["from the future", "early", (t, task) => t.event("task.end", { task }, at(t, 301))],
    ["replayed from an archive", "replayed", (t, task) => t.event("task.end", { task }, { "replay-name": "r" })],
    [
      "our own, before the deadline",
      "not_due",
      (t, task) => t.event("task.end", { task }, { account: HUB, source: "valetkey" }),
    ],
  ];
  it.each(recorded)("%s is in the journal as %s", async (_, why, event) => {
    const { taking, id } = await start();
    await taking.take(event(taking, id));
    expect(taking.statusOf(id)).toBe("active");
    expect(taking.agentStatus()).toBe("active");
    expect(taking.records()).toMatchObject([{ type: "event.refused", facts: { why, task: id } }]);
    expect(taking.lastLine()).toMatchObject({ level: "error", event: "event_refused", why });
  });

  const logged: readonly Row[] = [
    ["of a task that is not there", "unknown", (t) => t.event("task.end", { task: "aaaaaaaaaaaa." })],
    ["of an agent that is not there", "unknown", (t) => t.event("agent.suspend", { agent: "nobody" })],
    ["of a task whose id is none", "malformed", (t) => t.event("task.end", { task: "*" })],
    ["of a pattern of agents", "malformed", (t) => t.event("agent.offboard", { agent: "*" })],
    ["of several agents", "malformed", (t) => t.event("agent.offboard", { agent: ["demo"] })],
    ["whose detail is a list", "unknown_version", (t) => t.event("task.end", {}, { detail: [] })],
    ["without a detail", "unknown_version", (t) => t.event("task.end", {}, { detail: undefined })],
    ["that is nothing", "not_a_publisher", () => undefined],
    ["that is a text", "not_a_publisher", () => "task.end"],
    ["that is a list of events", "not_a_publisher", (t, task) => [t.event("task.end", { task })]],
  ];
  it.each(logged)("%s is in the log alone, as %s", async (_, why, event) => {
    const { taking, id } = await start();
    await taking.take(event(taking, id));
    expect(taking.statusOf(id)).toBe("active");
    expect(taking.records()).toEqual([]);
    expect(taking.lastLine()).toMatchObject({ level: "error", event: "event_refused", why });
  });

  it.each([
    ["of no configured issuer", { person: "nobody|pat" }],
    ["of an agents' issuer", { person: "robots|pat" }],
    ["of no issuer", { person: "pat" }],
    ["without a value", { person: "staff|" }],
    ["of several people", { person: ["staff|pat"] }],
    ["that names a moment", { person: "staff|pat", dead_until: 1 }],
  ])("about a person %s is malformed, and ends nothing (B5)", async (_, detail) => {
    const taking = new Intake();
    const { body } = await taking.service.exchangeFor(taking.world.personToken(), FOR_PAT);
    await taking.take(taking.event("person.offboard", detail));
    expect(taking.statusOf(body.task?.id ?? "")).toBe("active");
    expect(taking.tasks.persons.cuts.size).toBe(0);
    expect(taking.lastLine()).toMatchObject({ level: "error", event: "event_refused", why: "malformed" });
  });

  it.each(["agent.suspend", "agent.offboard"])("our own source never requests %s", async (type) => {
    const taking = new Intake();
    await taking.take(taking.event(type, { agent: "demo" }, { account: HUB, source: "valetkey" }));
    expect(taking.agentStatus()).toBe("active");
    expect(taking.lastLine()).toMatchObject({ why: "not_a_publisher" });
  });

  it("logs none of the sender's own words", async () => {
    const { taking, id } = await start();
    const words = { reason: "see vk_x", requested_by: "mallory" };
    await taking.take(taking.event("task.end", { task: id, ...words }));
    expect(JSON.stringify(taking.world.lines)).not.toMatch(/vk_x|mallory/);
  });
});

describe("the backstop: DynamoDB removes what named the deadline of a task that the sweep did not end", () => {
  const timer = (path: string): StreamRecord => ({
    eventName: "REMOVE",
    userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" },
    dynamodb: { Keys: { pk: { S: "TIMER#29925000#1" }, sk: { S: path } } },
  });
  const ENDED_PLACE = {
    userIdentity: undefined,
    dynamodb: { Keys: { pk: { S: "LIVE#reporter" }, sk: { S: "TASK#k7f3m2q9x4ab." } } },
  };
  const relayed = async (...Records: StreamRecord[]) => {
    const [revocationQueue, bus] = [new FakeRevocationQueue(), new FakeBus()];
    await relay({ Records }, { ...fakeWorld().ports, revocationQueue, bus });
    expect(revocationQueue.sent).toEqual([]);
    return bus.events;
  };
  const PATH = "k7f3m2q9x4ab.c1x9.";

  it("the relay reports it on the bus", async () => {
    expect(await relayed(timer(PATH), timer("aaaaaaaaaaaa."))).toEqual([
      { type: "task.end", task: PATH, reason: "overdue" },
      { type: "task.end", task: "aaaaaaaaaaaa.", reason: "overdue" },
    ]);
  });

  it("of a place in the list of an agent's live tasks, too", async () => {
    const live = (sk: string): StreamRecord => ({
      ...timer(PATH),
      dynamodb: { Keys: { pk: { S: "LIVE#reporter" }, sk: { S: sk } } },
    });
    expect(await relayed(live(`TASK#${PATH}`), live("TASK#"))).toEqual([
      { type: "task.end", task: PATH, reason: "overdue" },
    ]);
  });

  const forged: readonly (readonly [string, StreamRecord])[] = [
    ["the sweep's own removal", { ...timer(PATH), userIdentity: undefined }],
    [
      "a role's removal",
      { ...timer(PATH), userIdentity: { type: "AssumedRole", principalId: "AROAX:dynamodb.amazonaws.com" } },
    ],
    [
      "a role named like the service",
      { ...timer(PATH), userIdentity: { type: "AssumedRole", principalId: "dynamodb.amazonaws.com" } },
    ],
    [
      "another service's removal",
      { ...timer(PATH), userIdentity: { type: "Service", principalId: "replication.dynamodb.amazonaws.com" } },
    ],
    ["a service without a name", { ...timer(PATH), userIdentity: { type: "Service" } }],
    ["a timer that is written", { ...timer(PATH), eventName: "INSERT" }],
    ["a timer that is changed", { ...timer(PATH), eventName: "MODIFY" }],
    [
      "a closed task that expires",
      { ...timer(PATH), dynamodb: { Keys: { pk: { S: "TASK#k7f3m2q9x4ab" }, sk: { S: PATH } } } },
    ],
    ["the place of the sweep", { ...timer(PATH), dynamodb: { Keys: { pk: { S: "TIMER#SWEPT" }, sk: { S: "TO" } } } }],
    ["a place among the living that an ending removed", { ...timer(PATH), ...ENDED_PLACE }],
    ["a timer of a path that is none", timer("k7f3m2q9x4ab")],
    ["a removal without keys", { ...timer(PATH), dynamodb: {} }],
  ];
  it.each(forged)("%s reports nothing", async (_, record) => {
    expect(await relayed(record)).toEqual([]);
  });

  it("a bus that cannot be reached fails the batch, so that it is tried again", async () => {
    const bus = new FakeBus();
    bus.before = () => {
      throw new Error("unreachable");
    };
    const ports = { ...fakeWorld().ports, revocationQueue: new FakeRevocationQueue(), bus };
    await expect(relay({ Records: [timer(PATH)] }, ports)).rejects.toThrow("unreachable");
  });

  it("intake has nothing to do or to report where the task had ended", async () => {
    const taking = new Intake();
    const held = await taking.service.start({ task_ttl: "60" });
    await taking.service.complete(held);
    taking.world.pass(60);
    const before = [taking.tasks.events.length, taking.world.lines.length];
    await taking.take(taking.event("task.end", { task: held.id }, { account: HUB, source: "valetkey" }));
    expect([taking.tasks.events.length, taking.world.lines.length]).toEqual(before);
  });

  it("intake ends what is still active past its deadline, as overdue", async () => {
    const taking = new Intake();
    const { id } = await taking.service.start({ task_ttl: "60" });
    taking.world.pass(60);
    const own = { account: HUB, source: "valetkey" };
    await taking.take(taking.event("task.end", { task: id, reason: "overdue", requested_by: "valetkey" }, own));
    expect(taking.statusOf(id)).toBe("expired");
    expect(taking.tasks.events.at(-1)).toMatchObject({ type: "task.ended", facts: { by: "overdue" } });
  });
});
