import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../contract/canonical-json.ts";
import { isWholeChain } from "../../functions/core/journal/event.ts";
import type { OffboardingReport } from "../../functions/core/offboarding/report-offboarding.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { MOST_LISTED } from "../../functions/steps/agents/list-issued.ts";
import { offboardAgent } from "../../functions/steps/agents/offboard-agent.ts";
import { sweep } from "../../functions/sweep/sweep.ts";
import { FakeRevocationQueue } from "../fakes/revocation/revocation-queue.ts";
import { aLease, aTask, aUse, eventOn } from "../fakes/samples/task.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { faultyService } from "../harness/faults.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const reportIn = ({ body }: Answer) => body.report as OffboardingReport;
const sweepOf = ({ ports }: FakeWorld) =>
  sweep({ ...ports, timers: ports.tasks, revocationQueue: new FakeRevocationQueue() });
const typesOf = ({ ports }: FakeWorld) => ports.agents.events.map(({ type }) => type);
/** Leaves a renewed lease, a completed task and two live ones behind. */
async function busy(service: FakeService): Promise<void> {
  const renewed = await service.start({ task_ttl: "3600" });
  service.world.pass(60);
  await service.renew(renewed);
  await service.complete(await service.start());
  await service.start();
}
/** Past the last fence, by every clock. */
const ALL_FENCES = 900 + 301;

describe("offboarding an agent", () => {
  it("ends its tasks, removes its bindings, and returns when the rest is over", async () => {
    const service = new FakeService(fakeWorld());
    await busy(service);
    expect(await service.offboard()).toMatchObject({
      status: 200,
      body: { status: "offboarding", bindings: [], ended_tasks: 2, left_tasks: 0, closes_at: "2026-11-24T12:21:00Z" },
    });
    expect(await service.world.ports.agents.liveTasks("demo")).toEqual([]);
    expect(await service.exchange()).toMatchObject({ status: 400, body: { code: "agent_unknown" } });
    expect(service.world.ports.agents.halts.has("demo")).toBe(true);
    expect(typesOf(service.world)).toEqual(["agent.offboarding", "agent.unbound", "agent.tasks_listed"]);
  });

  it("is signed off by the sweep once the last fence has passed: the report's hash is in the agent's last event", async () => {
    const service = new FakeService(fakeWorld());
    await busy(service);
    await service.offboard();
    expect(reportIn(await service.offboarding())).toMatchObject({
      complete: false,
      totals: { tasks: { revoked: 3 }, leases: { unknown: 3 }, bindings: { revoked: 1 } },
    });
    service.world.pass(ALL_FENCES);
    await sweepOf(service.world);
    const answer = await service.offboarding();
    const report = reportIn(answer);
    expect(report).toMatchObject({
      complete: true,
      agent: { id: "demo", owner: "staff|owner" },
      secrets: { status: "none_held", entries: [] },
      totals: { tasks: { revoked: 3, unknown: 0 }, leases: { expired: 3, unknown: 0 }, bindings: { revoked: 1 } },
    });
    const sha256 = createHash("sha256").update(canonicalJson(report)).digest("hex");
    expect(answer.body).toMatchObject({ sha256, signed_off: { by: "staff|alice" } });
    const { events } = service.world.ports.agents;
    expect(events.at(-1)).toMatchObject({ type: "agent.offboarded", facts: { report_sha256: sha256 } });
    expect(isWholeChain(events)).toBe(true);
    expect(await service.operate("GET /v1/agents/{agent}", { parameters: { agent: "demo" } })).toMatchObject({
      body: { status: "offboarded", bindings: [] },
    });
  });

  it("names every key that was handed out, and the event behind each line", async () => {
    const service = new FakeService(fakeWorld());
    await busy(service);
    const { confirmed, events } = service.world.ports.tasks;
    const handedOut = [...confirmed].sort();
    await service.offboard();
    const { tasks } = reportIn(await service.offboarding());
    expect(
      tasks
        .flatMap(({ leases }) => leases.flatMap((lease) => ("access_key_ids" in lease ? lease.access_key_ids : [])))
        .sort(),
    ).toEqual(handedOut);
    const hashes = new Set(events.map(({ hash }) => hash));
    for (const { evidence, leases } of tasks) {
      for (const each of [evidence, ...leases.map((lease) => lease.evidence)]) expect(hashes).toContain(each?.hash);
    }
  });

  it("twice changes nothing more", async () => {
    const service = new FakeService(fakeWorld());
    await busy(service);
    await service.offboard();
    service.world.pass(ALL_FENCES);
    await service.offboard();
    const before = structuredClone([service.world.ports.agents.events, service.world.ports.tasks.events]);
    expect(await service.offboard()).toMatchObject({ status: 200, body: { status: "offboarded", ended_tasks: 0 } });
    await sweepOf(service.world);
    expect([service.world.ports.agents.events, service.world.ports.tasks.events]).toEqual(before);
  });

  it("of an agent that never did anything is signed off as soon as no vend of it can be under way", async () => {
    const service = new FakeService(fakeWorld());
    expect(await service.offboard()).toMatchObject({ body: { status: "offboarding" } });
    service.world.pass(16);
    expect(await service.offboard()).toMatchObject({ body: { status: "offboarded" } });
    expect(reportIn(await service.offboarding())).toMatchObject({ complete: true, tasks: [] });
  });

  it("with more tasks than one request ends is a 202 with how many are left; a repeat goes on", async () => {
    const service = new FakeService(fakeWorld());
    for (let each = 0; each < 40; each += 1) await service.start({ idempotency_key: `run-${each}` });
    let isSlow = true;
    service.world.ports.tasks.before = (method) => {
      if (method === "end" && isSlow) service.world.pass(2);
    };
    const first = await service.offboard();
    expect(first).toMatchObject({ status: 202, body: { status: "offboarding" } });
    expect(Number(first.body.ended_tasks) + Number(first.body.left_tasks)).toBe(40);
    isSlow = false;
    expect(await service.offboard()).toMatchObject({ status: 200, body: { ended_tasks: first.body.left_tasks } });
    expect(reportIn(await service.offboarding()).tasks).toHaveLength(40);
  });

  it("at the same time by two operators is done once", async () => {
    const service = new FakeService(fakeWorld());
    await busy(service);
    const answers = await Promise.all([service.offboard(), service.offboard()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(typesOf(service.world)).toEqual(["agent.offboarding", "agent.unbound", "agent.tasks_listed"]);
  });

  it("leaves its id taken and its identity free", async () => {
    const service = new FakeService(fakeWorld());
    await service.offboard();
    const again = { id: "demo", name: "d", owner: "o", team: "demo" };
    const bindings = [{ issuer: "robots", claims: { sub: "agent:demo" } }];
    expect(await service.operate("POST /v1/agents", { body: { ...again, bindings } })).toMatchObject({
      status: 409,
      body: { code: "agent_exists" },
    });
    expect(await service.operate("POST /v1/agents", { body: { ...again, id: "heir", bindings } })).toMatchObject({
      status: 201,
    });
    // Later acts of the heir are not in the other agent's report.
    await service.start();
    service.world.pass(16);
    await service.offboard();
    expect(reportIn(await service.offboarding())).toMatchObject({ complete: true, tasks: [] });
  });

  it("of nobody is a 404, and there is no report on who stays", async () => {
    const service = new FakeService(fakeWorld());
    expect(await service.offboard("nobody")).toMatchObject({ status: 404, body: { code: "agent_not_found" } });
    expect(await service.offboarding("nobody")).toMatchObject({ status: 404, body: { code: "agent_not_found" } });
    expect(await service.offboarding()).toMatchObject({ status: 404, body: { code: "not_offboarding" } });
  });

  it("of more tasks than a report lists names those whose sessions live longest, and waits for the others", async () => {
    const service = new FakeService(fakeWorld());
    const { tasks } = service.world.ports;
    const openedAt = service.world.nowSeconds();
    for (let each = 0; each < MOST_LISTED + 5; each += 1) {
      const leases = [aLease(0, { fenceAt: openedAt + 60 + (each % 800) })];
      const { task, event } = aTask({ agent: "demo", openedAt, expiresAt: openedAt + 900, leases });
      await tasks.open(task, event, aUse(), undefined);
      await tasks.end(task, { status: "completed", endedAt: openedAt }, eventOn(task, "task.ended"));
    }
    await service.offboard();
    const early = reportIn(await service.offboarding());
    expect([early.tasks.length, early.left_out]).toEqual([
      MOST_LISTED,
      { tasks: 5, last_fence_at: "2026-11-24T12:06:01Z" },
    ]);
    service.world.pass(ALL_FENCES);
    await sweepOf(service.world);
    expect(reportIn(await service.offboarding())).toMatchObject({ complete: true, left_out: { tasks: 5 } });
  });

  it("is not signed off while the journal of one of its tasks is not whole", async () => {
    const service = new FakeService(fakeWorld());
    await busy(service);
    await service.offboard();
    const { events } = service.world.ports.tasks;
    const index = events.findIndex(({ type }) => type === "task.ended");
    const event = events[index];
    if (event) events[index] = { ...event, facts: { ...event.facts, by: "somebody else" } };
    service.world.pass(ALL_FENCES);
    await sweepOf(service.world);
    expect(reportIn(await service.offboarding())).toMatchObject({ complete: false, totals: { tasks: { unknown: 1 } } });
    if (event) events[index] = event;
  });

  it("a report that is not the one that was signed is not shown", async () => {
    const service = new FakeService(fakeWorld());
    await service.offboard();
    service.world.pass(16);
    await service.offboard();
    const { reports } = service.world.ports.agents;
    for (const [name, text] of reports) reports.set(name, text.replace("staff|owner", "staff|nobody"));
    expect(await service.offboarding()).toMatchObject({ status: 500 });
  });

  it("a task that should have ended with another, and did not, is ended before the sign-off", async () => {
    const service = new FakeService(fakeWorld());
    const { id } = await service.start();
    await service.offboard();
    // A child that no list has: opened below its parent at the moment of the parent's end.
    const openedAt = service.world.nowSeconds();
    const path = `${id}c1x9_` as TaskPath;
    const { task, event } = aTask({ path, agent: "tickets", openedAt, expiresAt: openedAt + 7_200, leases: [] });
    await service.world.ports.tasks.open(task, event, aUse(), undefined);
    service.world.pass(ALL_FENCES);
    await sweepOf(service.world);
    expect(reportIn(await service.offboarding())).toMatchObject({ complete: true, child_agents: ["tickets"] });
    expect(service.world.ports.agents.events.at(-1)?.type).toBe("agent.tasks_listed");
    await sweepOf(service.world);
    expect(service.world.ports.agents.events.at(-1)?.type).toBe("agent.offboarded");
  });
});

describe("an outage at any moment of an offboarding", () => {
  /** Number of calls of an offboarding and of its sign-off. */
  async function callsOf(): Promise<number> {
    const world = fakeWorld();
    await busy(new FakeService(world));
    const { service, calls, breakDown } = faultyService(world);
    breakDown({ at: Number.POSITIVE_INFINITY, lost: "call", lasts: "once" });
    await service.offboard();
    world.pass(ALL_FENCES);
    await service.offboard();
    return calls.length;
  }

  const ways = [
    ["call", "once"],
    ["answer", "once"],
    ["call", "until it is mended"],
    ["answer", "until it is mended"],
  ] as const;
  it.each(ways)("a lost %s, %s: the sweep finishes by itself, or a repeat does, and once only", async (lost, lasts) => {
    const count = await callsOf();
    expect(count).toBeGreaterThan(20);
    for (let at = 0; at < count; at += 1) {
      const world = fakeWorld();
      await busy(new FakeService(world));
      const { service, breakDown, mend } = faultyService(world);
      breakDown({ at, lost, lasts });
      await service.offboard();
      const isInTime = typesOf(world).length > 0;
      world.pass(ALL_FENCES);
      await service.offboard();
      mend();
      const isBegun = world.ports.agents.agents.get("demo")?.status !== "active";
      // An offboarding that has begun needs no second request.
      if (isBegun) await sweepOf(world);
      else await service.offboard();
      world.pass(ALL_FENCES);
      await sweepOf(world);
      const place = `${lost} ${at} ${lasts}`;
      expect(typesOf(world), place).toEqual([
        "agent.offboarding",
        "agent.unbound",
        "agent.tasks_listed",
        "agent.offboarded",
      ]);
      const report = reportIn(await service.offboarding());
      expect(report, place).toMatchObject({ complete: true, totals: { leases: { unknown: 0 } } });
      // An offboarding that has begun loses no task. Before it begins, a task's fences may already have passed.
      expect(report.tasks.length, place).toBe(isInTime ? 3 : 1);
    }
  });

  it("one offboarding that fails does not block the sweep of another", async () => {
    const { ports, ...world } = fakeWorld();
    for (const agent of [...ports.agents.agents.values()]) await offboardAgent(agent, "hr", ports);
    world.pass(16);
    let isFirst = true;
    ports.agents.before = (method) => {
      if (method !== "keepReport" || !isFirst) return;
      isFirst = false;
      throw new TypeError("a bug");
    };
    await sweep({ ...ports, timers: ports.tasks, revocationQueue: new FakeRevocationQueue() });
    expect([...ports.agents.agents.values()].map(({ status }) => status)).toEqual(["offboarding", "offboarded"]);
    expect(world.lines).toContainEqual(expect.objectContaining({ event: "offboarding_failed", agent: "demo" }));
  });
});
