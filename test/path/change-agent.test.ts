import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

/** Operators of one team, who may do everything to that team's agents. */
const TEAM_OPERATORS = `@id("demo-team")
permit (principal is User in Group::"staff|demo-operators", action in Action::"valetkey:Operate", resource in Team::"demo");`;

const serve = () => new FakeService(fakeWorld());
const change = (service: FakeService, body: Readonly<Record<string, unknown>>, agent = "demo") =>
  service.operate("POST /v1/agents/{agent}", { parameters: { agent }, body });

describe("POST /v1/agents/{agent}", () => {
  it("changes what is named and nothing else, with its event", async () => {
    const service = serve();
    const before = await service.operate("GET /v1/agents/{agent}", { parameters: { agent: "demo" } });
    const { status, body } = await change(service, {
      owner: "bob@acme.test",
      ends_at: "2027-06-30T00:00:00Z",
      limits: { live_tasks: 5 },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ owner: "bob@acme.test", ends_at: "2027-06-30T00:00:00Z", limits: { live_tasks: 5 } });
    expect([body.id, body.name, body.bindings]).toEqual([before.body.id, before.body.name, before.body.bindings]);
    const events = await service.world.ports.agents.history("demo");
    expect(events.at(-1)).toMatchObject({ type: "agent.changed", facts: { owner_changed: true } });
    const { body: again } = await change(service, { ends_at: null });
    expect(again).not.toHaveProperty("ends_at");
    expect(again).toMatchObject({ owner: "bob@acme.test", limits: { live_tasks: 5 } });
  });

  it("holds for the next task: its limits are the new ones", async () => {
    const service = serve();
    await change(service, { limits: { live_tasks: 1 } });
    await service.start();
    service.world.pass(61);
    expect((await service.exchange()).body).toMatchObject({ code: "too_many_tasks" });
  });

  it.each([
    ["nothing", {}],
    ["an id", { id: "other" }],
    ["bindings", { bindings: [] }],
    ["a status", { status: "active" }],
    ["an empty name", { name: " " }],
    ["a control character", { owner: "a\u0007" }],
    ["an end in the past", { ends_at: "2020-01-01T00:00:00Z" }],
    ["a limit of nothing", { limits: { live_tasks: 0 } }],
    ["a prototype", JSON.parse('{"__proto__": {"status": "active"}, "name": "x"}')],
  ])("I10: refuses to change %s", async (_, body) => {
    const service = serve();
    expect(await change(service, body)).toMatchObject({ status: 400, body: { code: "agent_invalid" } });
    expect((await service.world.ports.agents.record("demo"))?.chain.n).toBe(0);
  });

  it("lets nobody move an agent to a team that is not theirs to operate: its team is what policies permit it by", async () => {
    const world = fakeWorld();
    const service = new FakeService(world, { ...world.ports, policies: cedarOf([TEAM_OPERATORS]) });
    const token = world.operatorToken({ sub: "olivia", groups: ["demo-operators"] });
    const by = (body: Readonly<Record<string, unknown>>) =>
      service.operate("POST /v1/agents/{agent}", { parameters: { agent: "demo" }, body, token });
    expect((await by({ name: "Renamed" })).status).toBe(200);
    expect(await by({ team: "payroll" })).toMatchObject({ status: 403, body: { code: "operator_denied" } });
    expect(await world.ports.agents.read("demo")).toMatchObject({ name: "Renamed", team: "demo" });
  });

  it("changes nothing of an agent that is on its way out, and none that is not there", async () => {
    const service = serve();
    service.world.addAgent({ id: "gone", status: "offboarding" });
    expect(await change(service, { name: "x" }, "gone")).toMatchObject({ body: { code: "agent_offboarded" } });
    expect(await change(service, { name: "x" }, "nobody")).toMatchObject({ body: { code: "agent_not_found" } });
  });

  it("I9a: records who changes its owner, team, labels or limits as a shaper, in the registration itself", async () => {
    const service = serve();
    await change(service, { name: "Other" });
    expect((await service.world.ports.agents.read("demo"))?.shapers).toMatchObject([{ by: "staff|registrar" }]);
    await change(service, { owner: "staff|bob", contact: "bob@acme.test" });
    expect(await service.world.ports.agents.read("demo")).toMatchObject({
      owner: "staff|bob",
      contact: "bob@acme.test",
      shapers: [
        { by: "staff|registrar", registered: true },
        { by: "staff|alice", at: service.world.nowSeconds() },
      ],
    });
  });

  it("refuses an owner whose issuer is none of people's: the agent would be left without a known owner", async () => {
    expect(await change(serve(), { owner: "stafff|bob" })).toMatchObject({
      status: 400,
      body: { code: "agent_invalid" },
    });
    expect(await change(serve(), { owner: "robots|bob" })).toMatchObject({ status: 400 });
  });
});
