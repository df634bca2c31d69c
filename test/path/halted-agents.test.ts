import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import { offboardAgent } from "../../functions/steps/agents/offboard-agent.ts";
import { suspendAgent } from "../../functions/steps/agents/suspend-agent.ts";
import { finishSuspensions } from "../../functions/sweep/finish-suspensions.ts";
import { FakeService } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const demoOf = (world: FakeWorld) => {
  const agent = world.ports.agents.agents.get("demo");
  if (!agent) throw new Error("there is no demo");
  return agent;
};
const resume = (service: FakeService) =>
  service.operate("POST /v1/agents/{agent}/resume", { parameters: { agent: "demo" } });

describe.each([
  ["suspended", suspendAgent],
  ["offboarding", offboardAgent],
] as const)("an agent that is %s", (status, halt) => {
  it("is in the list of halted agents, with who did it and when, from the same write on", async () => {
    const { world } = new FakeService(fakeWorld());
    await halt(demoOf(world), "bus|hr", world.ports);
    expect(demoOf(world)).toMatchObject({ status, halted: { by: "bus|hr", at: world.nowSeconds() } });
    expect(world.ports.agents.halts.get("demo")).toEqual({ by: "bus|hr", at: world.nowSeconds() });
    expect(world.ports.agents.events[0]).toMatchObject({ n: 1, type: `agent.${status}`, facts: { by: "bus|hr" } });
  });

  it("has no live task, though one of them could not be ended at first: a repeat ends what is left", async () => {
    const service = new FakeService(fakeWorld());
    const { ports } = service.world;
    for (let each = 0; each < 30; each += 1) await service.start({ idempotency_key: `run-${each}` });
    let count = 0;
    ports.tasks.before = (method) => {
      if (method === "end" && ++count === 3) throw new Refusal("store_unavailable");
    };
    await expect(halt(demoOf(service.world), "bus|hr", ports)).rejects.toMatchObject({ code: "store_unavailable" });
    expect(await ports.agents.liveTasks("demo")).toHaveLength(1);
    expect(await halt(demoOf(service.world), "bus|hr", ports)).toMatchObject({ ended: [expect.any(String)] });
    expect(await ports.agents.liveTasks("demo")).toEqual([]);
    expect(ports.agents.events.filter(({ type }) => type === `agent.${status}`)).toHaveLength(1);
  });

  it("is that also where somebody else changed it at the same moment", async () => {
    const { world } = new FakeService(fakeWorld());
    const before = demoOf(world);
    await suspendAgent(before, "staff|alice", world.ports);
    expect(await halt(before, "bus|hr", world.ports)).toMatchObject({ agent: { status } });
  });
});

describe("the remains of a suspension that broke off", () => {
  const brokenOff = async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start();
    const below = await service.startBelow(held);
    const { tasks } = service.world.ports;
    tasks.before = (method) => {
      if (method === "end") throw new Refusal("store_unavailable");
    };
    expect(await service.suspend()).toMatchObject({ status: 503 });
    tasks.before = () => undefined;
    return { service, held, below };
  };

  it("is ended by the next sweep, with the tasks of other agents below it", async () => {
    const { service, held, below } = await brokenOff();
    await finishSuspensions(service.world.ports);
    for (const each of [held, below])
      expect(await service.readTask(each)).toMatchObject({ body: { status: "revoked" } });
    expect(await service.world.ports.agents.liveTasks("demo")).toEqual([]);
  });

  it("is left alone once the agent is active again: nothing that was opened since is ended", async () => {
    const { service } = await brokenOff();
    const { ports } = service.world;
    let since: Awaited<ReturnType<typeof service.start>> | undefined;
    ports.agents.before = async (method) => {
      if (method !== "record") return;
      ports.agents.before = () => undefined;
      await service.suspend();
      await resume(service);
      since = await service.start({ idempotency_key: "since" });
    };
    await finishSuspensions(ports);
    if (!since) throw new Error("nothing was opened");
    expect(await service.readTask(since)).toMatchObject({ body: { status: "active" } });
  });

  it("is reported where it cannot be ended, and does not block the others", async () => {
    const { service, held } = await brokenOff();
    const { ports } = service.world;
    ports.tasks.before = (method) => {
      if (method === "end") throw new Refusal("store_unavailable");
    };
    await finishSuspensions(ports);
    expect(service.world.lines).toContainEqual(
      expect.objectContaining({ event: "suspension_unfinished", agent: "demo", why: "store_unavailable" }),
    );
    expect(await service.readTask(held)).toMatchObject({ body: { status: "active" } });
  });
});

describe("resuming", () => {
  it("takes an agent off the list of halted agents", async () => {
    const service = new FakeService(fakeWorld());
    await service.suspend();
    expect(await resume(service)).toMatchObject({ status: 200, body: { status: "active" } });
    expect(service.world.ports.agents.halts.size).toBe(0);
    expect(demoOf(service.world).halted).toBeUndefined();
  });

  it("brings no task of before back to life, though the suspension broke off before it was ended", async () => {
    const service = new FakeService(fakeWorld());
    const { ports } = service.world;
    const held = await service.start();
    ports.tasks.before = (method) => {
      if (method === "end") throw new Refusal("store_unavailable");
    };
    expect(await service.suspend()).toMatchObject({ status: 503 });
    expect(await resume(service), "while it cannot be ended").toMatchObject({ status: 503 });
    expect(demoOf(service.world).status).toBe("suspended");
    expect(ports.agents.halts.has("demo")).toBe(true);
    ports.tasks.before = () => undefined;
    expect(await service.suspend()).toMatchObject({ status: 200, body: { ended_tasks: 1 } });
    expect(await resume(service)).toMatchObject({ status: 200, body: { status: "active" } });
    expect(await service.readTask(held)).toMatchObject({ body: { status: "revoked" } });
    service.world.pass(20);
    expect(await service.renew(held)).toMatchObject({ status: 403, body: { code: "task_ended" } });
  });

  it("waits for the end of every task of before, and ends none itself (I5)", async () => {
    const service = new FakeService(fakeWorld());
    const { ports } = service.world;
    await service.start();
    ports.tasks.before = (method) => {
      if (method === "end") throw new Refusal("store_unavailable");
    };
    expect(await service.suspend()).toMatchObject({ status: 503 });
    ports.tasks.before = (method) => {
      if (method === "end") throw new Error("resuming ends nothing");
    };
    const { status, body, headers } = await resume(service);
    expect({ status, body }).toMatchObject({ status: 503, body: { code: "contended" } });
    expect(body.error_description).toContain("suspend it again");
    expect(headers["retry-after"]).toBe("60");
    expect(demoOf(service.world).status).toBe("suspended");
    ports.tasks.before = () => undefined;
    await service.suspend();
    expect(await resume(service)).toMatchObject({ status: 200, body: { status: "active" } });
    expect(await ports.agents.liveTasks("demo")).toEqual([]);
  });

  it("does not undo a suspension that came after the one that was seen", async () => {
    const service = new FakeService(fakeWorld());
    const { agents } = service.world.ports;
    await service.suspend();
    agents.before = async (method) => {
      if (method !== "change") return;
      agents.before = () => undefined;
      await resume(service);
      service.world.pass(1);
      await suspendAgent(demoOf(service.world), "bus|hr", service.world.ports);
    };
    expect(await resume(service)).toMatchObject({ body: { code: "contended" } });
    expect(demoOf(service.world)).toMatchObject({ status: "suspended", halted: { by: "bus|hr" } });
  });

  it("is refused once an offboarding has begun, and suspending does not step back from it", async () => {
    const service = new FakeService(fakeWorld());
    await offboardAgent(demoOf(service.world), "bus|hr", service.world.ports);
    expect(await resume(service)).toMatchObject({ status: 409, body: { code: "agent_offboarded" } });
    expect(await service.suspend()).toMatchObject({ status: 200, body: { status: "offboarding" } });
    expect(service.world.ports.agents.halts.get("demo")).toMatchObject({ by: "bus|hr" });
  });

  it("loses against an offboarding that began between its reading and its writing", async () => {
    const service = new FakeService(fakeWorld());
    const { agents } = service.world.ports;
    await service.suspend();
    agents.before = async (method) => {
      if (method !== "change") return;
      agents.before = () => undefined;
      await offboardAgent(demoOf(service.world), "bus|hr", service.world.ports);
    };
    expect(await resume(service)).toMatchObject({ status: 409, body: { code: "agent_offboarded" } });
    expect(demoOf(service.world).status).toBe("offboarding");
  });
});
