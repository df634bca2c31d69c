import { describe, expect, it } from "vitest";
import { isWholeChain } from "../../functions/core/journal/event.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";
import { Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { mayStillAct } from "../unit/core/revocation/tried-on.ts";

watchWorlds();

const TOOLS = { authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]' };
const ASKED = {
  idempotency_key: "run-1",
  authorization_details: JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/*"] },
    { type: "tool", server: "tickets", tools: ["search"] },
  ]),
};

describe("POST /v1/panic", () => {
  it("is declared once, and may be repeated; the journal has who and why (I7)", async () => {
    const service = new FakeService(fakeWorld());
    const first = await service.panic("an agent ran wild");
    expect(first).toMatchObject({ status: 200, body: { halted: true, reason: "an agent ran wild" } });
    service.world.pass(5);
    expect(await service.panic("another reason")).toEqual(first);
    const { events } = service.world.ports.panics;
    expect(events).toMatchObject([
      { of: "*", n: 1, type: "panic.declared", facts: { by: "staff|alice", reason: "an agent ran wild" } },
    ]);
  });

  it.each([undefined, "", "  ", "x".repeat(257), "line\nbreak", 7])("refuses the reason %j", async (reason) => {
    const service = new FakeService(fakeWorld());
    const { status, body } = await service.operate("POST /v1/panic", { body: { reason } });
    expect([status, body.code]).toEqual([400, "malformed_request"]);
    expect((await service.operate("GET /v1/panic")).body).toEqual({ halted: false });
  });

  it("two operators at the same moment have declared one", async () => {
    const service = new FakeService(fakeWorld());
    const { panics } = service.world.ports;
    let isFirst = true;
    panics.before = async (method) => {
      if (method !== "change" || !isFirst) return;
      isFirst = false;
      await service.panic("the other's");
    };
    expect((await service.panic("mine")).body).toMatchObject({ halted: true, reason: "the other's" });
    expect(panics.events).toHaveLength(1);
  });

  it("lifted, declared and lifted again is one whole chain", async () => {
    const service = new FakeService(fakeWorld());
    for (const what of ["panic", "liftPanic", "liftPanic", "panic", "liftPanic"] as const) await service[what]();
    const { events } = service.world.ports.panics;
    expect(events.map(({ type }) => type)).toEqual([
      "panic.declared",
      "panic.lifted",
      "panic.declared",
      "panic.lifted",
    ]);
    expect(isWholeChain(events)).toBe(true);
  });

  it("there is nothing to lift where nothing was declared", async () => {
    const service = new FakeService(fakeWorld());
    expect((await service.liftPanic()).body).toEqual({ halted: false });
    expect(service.world.ports.panics.events).toEqual([]);
  });
});

describe("while everything is halted (I5)", () => {
  const asks: readonly (readonly [string, (service: FakeService, held: Held) => ReturnType<FakeService["renew"]>])[] = [
    ["starting a task", (service) => service.exchange()],
    ["starting a task without credentials", (service) => service.exchange(TOOLS)],
    ["repeating a request", (service) => service.exchange(ASKED)],
    ["renewing a lease", (service, held) => service.renew(held)],
    ["a presentation token", (service, held) => service.present(held.token)],
    ["a delegation token", (service, held) => service.delegate(held.token)],
  ];
  it.each(asks)("%s is refused, whatever a warm function believes, and opens nothing", async (_, ask) => {
    const service = new FakeService(fakeWorld());
    const held = await service.start(ASKED);
    service.world.pass(11);
    await service.panic();
    const { status, body } = await ask(service, held);
    expect([status, body.code]).toEqual([403, "halted"]);
    const active = [...service.world.ports.tasks.tasks.values()].filter((task) => task.status === "active");
    expect(active.map(({ path }) => path)).toEqual([held.id]);
  });

  it.each(asks)("%s is refused before any request or write, once this function knows", async (_, ask) => {
    const service = new FakeService(fakeWorld());
    const held = await service.start(ASKED);
    service.world.pass(11);
    await service.panic();
    service.world.ports.panics.isRemembered = true;
    const { tasks, sessions } = service.world.ports;
    sessions.before = () => {
      throw new Error("asked");
    };
    const [before, events] = [tasks.tasks.size, tasks.events.length];
    expect((await ask(service, held)).status).toBe(403);
    // The refusal itself is in the journal.
    expect([tasks.tasks.size, tasks.events.length]).toEqual([before, events + 1]);
  });

  it("keys that were given out a moment ago are not given out again from memory", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start();
    await service.panic();
    expect((await service.renew(held)).body.code).toBe("halted");
  });

  it("a tool server learns that no task is alive", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start(TOOLS);
    const { access_token: shown = "" } = (await service.present(held.token)).body;
    expect((await service.introspect(shown)).body.active).toBe(true);
    await service.panic();
    expect((await service.introspect(shown)).body).toEqual({ active: false });
  });

  it("without a known state nothing is issued: an outage, and no denial", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start();
    service.world.pass(11);
    service.world.ports.panics.before = () => {
      throw new Refusal("store_unavailable");
    };
    for (const answer of [await service.exchange(), await service.renew(held)])
      expect([answer.status, answer.body.code]).toEqual([503, "store_unavailable"]);
  });

  it("a task may still be ended by its holder", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start();
    await service.panic();
    expect((await service.complete(held)).status).toBe(200);
  });
});

describe("the effect of a panic on the roles and the record", () => {
  const policies = ({ revocations }: Triggers) => [...revocations.texts.values()];

  it("every role denies everything, at once, also those in which nothing was ever issued", async () => {
    const triggers = new Triggers();
    await triggers.service.start();
    await triggers.service.panic();
    await triggers.relay();
    await triggers.reconcile();
    expect(policies(triggers).map((text) => JSON.parse(text).Statement)).toEqual(
      Array.from({ length: 4 }, () => [{ Effect: "Deny", Action: "*", Resource: "*" }]),
    );
    expect(triggers.line("reconciled")).toMatchObject({ level: "info", form: "halted" });
  });

  it("the sweep ends every live task, of every agent, and reports how many", async () => {
    const triggers = new Triggers();
    const { service } = triggers;
    service.world.addAgent({ id: "other" });
    await service.start();
    await service.start({ ...TOOLS, subject_token: service.world.agentToken({ sub: "agent:other" }) });
    await service.panic();
    await triggers.sweep();
    expect([...service.world.ports.tasks.tasks.values()].map(({ status }) => status)).toEqual(["revoked", "revoked"]);
    expect(triggers.line("halted_swept")).toMatchObject({ level: "info", ended: 2, failed: 0, through: true });
  });

  it("one that cannot be ended does not block the others; the next minute tries it again", async () => {
    const triggers = new Triggers();
    const { service } = triggers;
    const [stuck] = [await service.start(), await service.start(), await service.start()];
    await service.panic();
    const { tasks } = service.world.ports;
    const end = tasks.end.bind(tasks);
    tasks.end = async (task, ...rest) => {
      if (task.path === stuck?.id) throw new Refusal("store_unavailable");
      await end(task, ...rest);
    };
    await triggers.sweep();
    expect(triggers.line("halted_swept")).toMatchObject({ level: "error", ended: 2, failed: 1 });
    tasks.end = end;
    await triggers.sweep();
    expect(triggers.line("halted_swept")).toMatchObject({ level: "info", ended: 1, failed: 0 });
  });

  it("a sweep takes no longer than it has: the next one goes on", async () => {
    const triggers = new Triggers();
    const { service } = triggers;
    for (let count = 0; count < 6; count += 1) await service.start();
    await service.panic();
    const { tasks } = service.world.ports;
    tasks.before = (method) => {
      if (method === "end") service.world.pass(12);
    };
    await triggers.sweep();
    expect(triggers.line("halted_swept")).toMatchObject({ ended: 4, through: false });
    await triggers.sweep();
    expect(triggers.line("halted_swept")).toMatchObject({ ended: 2, through: true });
  });

  it("after the lift nothing from before works again, and what is begun then does", async () => {
    const triggers = new Triggers();
    const { service } = triggers;
    const { world } = service;
    const old = await service.start({ task_ttl: "7200" });
    const oldStartedAt = world.nowSeconds();
    world.pass(100);
    await service.panic();
    world.pass(1);
    expect((await service.liftPanic()).body).toMatchObject({ halted: true, resumes_at: expect.any(String) });
    world.pass(59);
    expect((await service.exchange()).body.code).toBe("halted");
    world.pass(1);
    const fresh = await service.start();
    // The old task was never swept: its record does not block it.
    expect((await service.renew(old)).body.code).toBe("task_ended");
    expect((await service.present(old.token)).status).toBe(403);
    await triggers.relay();
    await triggers.reconcile();
    const may = (held: Held, startedAt: number) => mayStillAct(triggers.textFor(held), { path: held.id, startedAt });
    expect(await may(old, oldStartedAt)).toBe(false);
    expect(await may(fresh, world.nowSeconds())).toBe(true);
    await triggers.sweep();
    const { tasks } = world.ports.tasks;
    expect([tasks.get(old.id)?.status, tasks.get(fresh.id)?.status]).toEqual(["revoked", "active"]);
  });

  it("nothing is opened after the lift below a task from before it, and no answer shows one as alive", async () => {
    const service = new FakeService(fakeWorld());
    const parent = await service.start({ ...ASKED, task_ttl: "7200" });
    const token = await service.delegation(parent);
    const { access_token: shown = "" } = (await service.present(parent.token)).body;
    await service.panic();
    await service.liftPanic();
    service.world.pass(61);
    expect((await service.exchangeDelegation(token)).body.code).toBe("task_ended");
    expect((await service.delegate(parent.token)).body.code).toBe("task_ended");
    expect((await service.introspect(shown)).body).toEqual({ active: false });
  });

  it("long after the lift the sweep has nothing to list, and the roles nothing to deny", async () => {
    const triggers = new Triggers();
    await triggers.service.panic();
    await triggers.service.liftPanic();
    triggers.service.world.pass(4_100);
    await triggers.sweep();
    await triggers.reconcile();
    expect(triggers.line("halted_swept")).toBeUndefined();
    expect(policies(triggers)).toEqual([]);
  });
});

describe("the effect of an agent's halt on the roles", () => {
  it("every role denies whatever it does, until it is resumed", async () => {
    const triggers = new Triggers();
    await triggers.service.suspend();
    await triggers.relay();
    await triggers.reconcile();
    const texts = [...triggers.revocations.texts.values()];
    expect(texts).toHaveLength(4);
    for (const text of texts) {
      expect(await mayStillAct(text, { path: "aaaaaaaaaaaa.", startedAt: 0, agent: "demo" })).toBe(false);
      expect(await mayStillAct(text, { path: "aaaaaaaaaaaa.", startedAt: 0, agent: "tickets" })).toBe(true);
    }
    await triggers.service.operate("POST /v1/agents/{agent}/resume", { parameters: { agent: "demo" } });
    await triggers.relay();
    await triggers.reconcile();
    expect(triggers.revocations.texts.size).toBe(0);
  });
});
