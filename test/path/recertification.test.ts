import { describe, expect, it } from "vitest";
import { DAY_SECONDS } from "../../functions/core/identity/recertification.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { checkAgents } from "../../functions/sweep/check-agents.ts";
import { sweep } from "../../functions/sweep/sweep.ts";
import { FakeRevocationQueue } from "../fakes/revocation/revocation-queue.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const day = (days: number) => days * DAY_SECONDS;
const serve = () => {
  const service = new FakeService(fakeWorld());
  const { ports } = service.world;
  return {
    service,
    world: service.world,
    ...ports,
    check: () => checkAgents(ports),
    statuses: () => [...ports.agents.agents.values()].map(({ id, status }) => `${id} ${status}`),
    types: () => ports.agents.events.map(({ of, type }) => `${of} ${type}`),
  };
};

describe("an owner's confirmation", () => {
  it("is warned of twice, once each, and without it the agent is suspended and its tasks are ended", async () => {
    const { service, world, agents, check, types } = serve();
    await check();
    agents.agents.delete("tickets");
    for (let passed = 0; passed < 92; passed += 1) {
      world.pass(day(1));
      if (passed === 88) await service.start({ task_ttl: "43200" });
      await check();
      await check();
    }
    expect(types()).toEqual([
      "demo agent.unconfirmed_warning",
      "demo agent.unconfirmed_warning",
      "demo agent.suspended",
    ]);
    expect(agents.events).toMatchObject([
      { facts: { days: 14, owner: "staff|owner" } },
      { facts: { days: 3 } },
      { facts: { by: "check", reason: "unconfirmed" } },
    ]);
    expect(await agents.liveTasks("demo")).toEqual([]);
    expect(await service.exchange()).toMatchObject({ status: 403, body: { code: "agent_inactive" } });
    expect(await service.operate("GET /v1/agents/{agent}", { parameters: { agent: "demo" } })).toMatchObject({
      body: { status: "suspended", halted: { by: "check", reason: "unconfirmed" } },
    });
  });

  it("begins the time anew, with its warnings", async () => {
    const { service, world, check, types } = serve();
    world.pass(day(80));
    await check();
    expect(await service.confirm()).toMatchObject({
      status: 200,
      body: {
        confirmed_at: "2027-02-12T12:00:00Z",
        confirmed_by: "staff|alice",
        confirm_by: "2027-05-13T12:00:00Z",
      },
    });
    const { body } = await service.operate("GET /v1/agents");
    const by = (body.agents as readonly { readonly id: string; readonly confirmed_by?: string }[]).map((agent) => [
      agent.id,
      agent.confirmed_by,
    ]);
    expect(Object.fromEntries(by)).toMatchObject({ demo: "staff|alice", tickets: undefined });
    world.pass(day(76));
    await check();
    expect(types().filter((each) => each.startsWith("demo"))).toEqual([
      "demo agent.unconfirmed_warning",
      "demo agent.confirmed",
      "demo agent.unconfirmed_warning",
    ]);
  });

  it("that comes while the check is on its way counts", async () => {
    const { service, world, agents, check, statuses } = serve();
    world.pass(day(91));
    agents.before = async (method) => {
      if (method !== "change") return;
      agents.before = () => undefined;
      await service.confirm();
    };
    expect(await check()).toMatchObject({ suspended: 1, failed: 0 });
    expect(statuses()).toEqual(["demo active", "tickets suspended"]);
  });

  it("is the owner's to give, and nobody else's who is no operator", async () => {
    const { service, world } = serve();
    world.addAgent({ id: "demo", owner: "staff|olga" });
    const by = (sub: string) =>
      service.operate("POST /v1/agents/{agent}/confirm", {
        parameters: { agent: "demo" },
        token: world.operatorToken({ sub }),
      });
    expect(await by("olga")).toMatchObject({ status: 200 });
    expect(await by("oleg")).toMatchObject({ status: 403 });
    const suspended = await service.operate("POST /v1/agents/{agent}/suspend", {
      parameters: { agent: "demo" },
      token: world.operatorToken({ sub: "olga" }),
    });
    expect(suspended).toMatchObject({ status: 403 });
  });

  it("does not resume, and is refused on the way out", async () => {
    const { service } = serve();
    await service.suspend();
    expect(await service.confirm()).toMatchObject({ status: 200, body: { status: "suspended" } });
    await service.offboard();
    expect(await service.confirm()).toMatchObject({ status: 409, body: { code: "agent_offboarded" } });
  });

  it("is required of nobody where the configuration has never; an end date counts all the same", async () => {
    const { world } = serve();
    const { ports } = world;
    const rules = { ...ports, deployment: { ...ports.deployment, recertification: null } };
    world.addAgent({ id: "brief", endsAt: world.nowSeconds() + 60 });
    world.pass(day(1_000));
    expect(await checkAgents(rules)).toEqual({ warned: 0, suspended: 1, failed: 0 });
    expect(ports.agents.events).toMatchObject([{ of: "brief", facts: { reason: "past_its_end" } }]);
  });
});

describe("the check of all agents", () => {
  it("begins once an hour, and reads no agent where nothing is due", async () => {
    const { world, agents, check } = serve();
    const calls: string[] = [];
    agents.before = (method) => void calls.push(method);
    await check();
    world.pass(3_599);
    await check();
    expect(calls).toEqual(["checkpoint", "list", "keepCheckpoint", "checkpoint"]);
    world.pass(1);
    await check();
    expect(calls.slice(4)).toEqual(["checkpoint", "list", "keepCheckpoint"]);
  });

  it("goes over many pages in several runs, each from where the last one stopped, and misses nobody", async () => {
    const { world, agents, check, statuses } = serve();
    agents.pageSize = 2;
    for (let each = 0; each < 50; each += 1) world.addAgent({ id: `agent-${each}` });
    world.pass(day(91));
    expect(await check()).toMatchObject({ suspended: 20 });
    world.pass(60);
    expect(await check()).toMatchObject({ suspended: 20 });
    world.pass(60);
    expect(await check()).toMatchObject({ suspended: 12 });
    expect(statuses().filter((each) => !each.endsWith("suspended"))).toEqual([]);
    world.pass(60);
    agents.before = (method) => {
      if (method === "list") throw new Error("the round is over");
    };
    expect(await check()).toMatchObject({ suspended: 0 });
  });

  it("one that fails does not block the others, and its turn comes again", async () => {
    const { world, agents, check, statuses } = serve();
    world.pass(day(91));
    let isFirst = true;
    agents.before = (method) => {
      if (method !== "change" || !isFirst) return;
      isFirst = false;
      throw new Refusal("store_unavailable");
    };
    expect(await check()).toEqual({ warned: 0, suspended: 1, failed: 1 });
    expect(world.lines).toContainEqual(expect.objectContaining({ event: "check_failed", agent: "demo" }));
    world.pass(3_600);
    expect(await check()).toMatchObject({ suspended: 1, failed: 0 });
    expect(statuses()).toEqual(["demo suspended", "tickets suspended"]);
  });

  it("ends what a crash left of a suspension", async () => {
    const { service, tasks, agents, check } = serve();
    await service.start();
    tasks.before = (method) => {
      if (method === "end") throw new Refusal("store_unavailable");
    };
    expect(await service.suspend()).toMatchObject({ status: 503 });
    tasks.before = () => undefined;
    expect(await agents.liveTasks("demo")).toHaveLength(1);
    await check();
    expect(await agents.liveTasks("demo")).toEqual([]);
  });

  it("stops when its time is over, and looks at the rest of the page the next time", async () => {
    const { world, agents, check, statuses } = serve();
    world.pass(day(91));
    agents.before = (method) => {
      if (method === "change") world.pass(16);
    };
    expect(await check()).toMatchObject({ suspended: 1 });
    expect(await check()).toMatchObject({ suspended: 1 });
    expect(statuses()).toEqual(["demo suspended", "tickets suspended"]);
  });
});

describe("the sweep", () => {
  it("looks after agents each minute; where one part cannot be done, the other is", async () => {
    const { service, world, agents } = serve();
    await service.offboard("tickets");
    world.pass(day(91));
    let isDown = true;
    agents.before = (method) => {
      if (method === "offboarding" && isDown) throw new Refusal("store_unavailable");
    };
    const sweepNow = () =>
      sweep({ ...world.ports, timers: world.ports.tasks, revocationQueue: new FakeRevocationQueue() });
    await expect(sweepNow()).rejects.toMatchObject({ code: "store_unavailable" });
    expect(agents.agents.get("demo")?.status).toBe("suspended");
    isDown = false;
    await sweepNow();
    expect(agents.agents.get("tickets")?.status).toBe("offboarded");
    agents.before = (method) => {
      if (method === "checkpoint") throw new Refusal("store_unavailable");
    };
    await expect(sweepNow()).rejects.toMatchObject({ code: "store_unavailable" });
  });
});

describe("when an agent was last used", () => {
  it("is written once a day, whatever it starts", async () => {
    const { service, world, agents } = serve();
    let written = 0;
    agents.before = (method) => {
      if (method === "markUsed") written += 1;
    };
    for (let each = 0; each < 5; each += 1) await service.start();
    expect([written, agents.usedOn.get("demo")]).toEqual([1, "2026-11-24"]);
    world.pass(day(1));
    for (let each = 0; each < 3; each += 1) await service.start();
    expect([written, agents.usedOn.get("demo")]).toEqual([2, "2026-11-25"]);
    expect(await service.operate("GET /v1/agents/{agent}", { parameters: { agent: "demo" } })).toMatchObject({
      body: { last_used_on: "2026-11-25" },
    });
  });

  it("names the agents that nobody needs, those that were never used among them", async () => {
    const { service, world } = serve();
    const inactive = async (days: number) => {
      const { body } = await service.operate("GET /v1/agents", { query: `inactive_days=${days}` });
      return (body.agents as { id: string; last_used_on?: string }[]).map(({ id, last_used_on: on }) => [id, on]);
    };
    await service.start();
    world.pass(day(20));
    world.addAgent({ id: "young" });
    expect(await inactive(30)).toEqual([]);
    world.pass(day(12));
    expect(await inactive(30)).toEqual([
      ["demo", "2026-11-24"],
      ["tickets", undefined],
    ]);
    await service.start();
    expect(await inactive(30)).toEqual([["tickets", undefined]]);
  });

  it("has each agent's last use where that is requested", async () => {
    const { service } = serve();
    await service.start();
    const uses = async (query: string) =>
      ((await service.operate("GET /v1/agents", { query })).body.agents as { last_used_on?: string }[]).map(
        ({ last_used_on: on }) => on,
      );
    expect([await uses("used=true"), await uses("used=false")]).toEqual([
      ["2026-11-24", undefined],
      [undefined, undefined],
    ]);
  });
});

describe("the list of agents", () => {
  const idsOf = async (service: FakeService, query = "") => {
    const { body } = await service.operate("GET /v1/agents", { query });
    return (body.agents as { id: string }[]).map(({ id }) => id);
  };

  it("is by status, and without one leaves out those that are gone", async () => {
    const { service, world } = serve();
    world.addAgent({ id: "gone", status: "offboarded", bindings: [] });
    world.addAgent({ id: "idle", status: "suspended" });
    expect(await idsOf(service)).toEqual(["demo", "idle", "tickets"]);
    expect(await idsOf(service, "status=offboarded")).toEqual(["gone"]);
    expect(await idsOf(service, "status=suspended")).toEqual(["idle"]);
    expect(await idsOf(service, "status=active")).toEqual(["demo", "tickets"]);
  });

  it("goes on from page to page, an empty one too", async () => {
    const { service, world } = serve();
    world.ports.agents.pageSize = 1;
    world.addAgent({ id: "demo", status: "offboarded", bindings: [] });
    const { body } = await service.operate("GET /v1/agents");
    expect(body).toMatchObject({ agents: [], next: "demo" });
    expect(await idsOf(service, "after=demo")).toEqual(["tickets"]);
  });

  it.each([
    "status=gone",
    "status=",
    "inactive_days=0",
    "inactive_days=-1",
    "inactive_days=1e3",
    "inactive_days=99999",
    "used=yes",
  ])("?%s is a 400 (I10)", async (query) => {
    const { service } = serve();
    expect(await service.operate("GET /v1/agents", { query })).toMatchObject({
      status: 400,
      body: { code: "malformed_request" },
    });
  });
});
