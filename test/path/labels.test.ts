import { describe, expect, it, vi } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

/** Platform engineers label agents; leads register and change the agents of their teams; one of them gives a harmless label. */
const RULES = [
  `@id("platform") permit (principal is User in Group::"staff|platform", action in Action::"valetkey:Operate", resource);`,
  `@id("leads") permit (principal is User in Group::"staff|leads",
    action in [Action::"valetkey:RegisterAgent", Action::"valetkey:ChangeAgent", Action::"valetkey:ReadAgent"], resource is Agent);`,
  `@id("owners") permit (principal is User, action == Action::"valetkey:ChangeAgent", resource is Agent)
    when { resource.owner == principal.id };`,
  `@id("readers") permit (principal is User in Group::"staff|leads", action == Action::"valetkey:LabelAgent",
    resource in Team::"demo") when { ["reader"].containsAll(context.added) && ["reader"].containsAll(context.removed) };`,
  `@id("deploys") permit (principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource)
    when { principal.labels.contains("deployer") && resource.account == "111122223333" };`,
];

function stage() {
  const world = fakeWorld();
  const service = new FakeService(world, { ...world.ports, policies: cedarOf(RULES) });
  const tokens = {
    platform: world.operatorToken({ sub: "pat", groups: ["platform"] }),
    lead: world.operatorToken({ sub: "lea", groups: ["leads"] }),
    owner: world.operatorToken({ sub: "olivia", groups: [] }),
  };
  const post = (path: "POST /v1/agents" | "POST /v1/agents/{agent}", who: keyof typeof tokens, body: object) =>
    service.operate(path, {
      ...(path === "POST /v1/agents" ? {} : { parameters: { agent: "demo" } }),
      body: { ...body },
      token: tokens[who],
    });
  const change = (who: keyof typeof tokens, body: object) => post("POST /v1/agents/{agent}", who, body);
  const labels = async () => (await world.ports.agents.read("demo"))?.labels;
  return { world, service, post, change, labels };
}

const DENIED = { status: 403, body: { code: "operator_denied" } };
const REGISTRATION = {
  id: "builder",
  name: "Builder",
  owner: "web@acme.test",
  team: "web",
  bindings: [{ issuer: "robots", claims: { sub: "agent:builder" } }],
};

describe("an agent's labels", () => {
  it("I1: decide what it is granted, from the next request on", async () => {
    const { service, world, change } = stage();
    expect((await service.exchange()).body).toMatchObject({ code: "policy_denied" });
    expect((await change("platform", { labels: ["deployer"] })).body).toMatchObject({ labels: ["deployer"] });
    world.pass(61);
    expect((await service.exchange()).status).toBe(200);
    await change("platform", { labels: [] });
    world.pass(61);
    expect((await service.exchange()).body).toMatchObject({ code: "policy_denied" });
  });

  it("I5: end the renewals of a task once they are taken away", async () => {
    const { service, world, change } = stage();
    await change("platform", { labels: ["deployer"] });
    const task = await service.start();
    await change("platform", { labels: [] });
    world.pass(400);
    expect((await service.renew(task)).body).toMatchObject({ code: "policy_denied" });
  });

  it("are not given by whoever may register agents, nor by whoever may change them, its owner included", async () => {
    const { world, post, change, labels } = stage();
    expect(await post("POST /v1/agents", "lead", { ...REGISTRATION, labels: ["deployer"] })).toMatchObject(DENIED);
    expect(await world.ports.agents.read("builder")).toBeUndefined();
    expect((await post("POST /v1/agents", "lead", REGISTRATION)).status).toBe(201);
    expect(await change("lead", { labels: ["deployer"] })).toMatchObject(DENIED);
    await change("platform", { owner: "staff|olivia" });
    expect((await change("owner", { name: "Mine" })).status).toBe(200);
    expect(await change("owner", { name: "Mine", labels: ["deployer"] })).toMatchObject(DENIED);
    expect(await labels()).toBeUndefined();
  });

  it("are not taken away by them either: a label may be what a forbid goes by", async () => {
    const { change, labels } = stage();
    await change("platform", { labels: ["untrusted", "reader"] });
    expect(await change("lead", { labels: ["reader"] })).toMatchObject(DENIED);
    expect(await labels()).toEqual(["reader", "untrusted"]);
  });

  it("are given and taken one by one, by whom policy lets give that one", async () => {
    const { change, labels } = stage();
    expect((await change("lead", { labels: ["reader"] })).status).toBe(200);
    expect(await change("lead", { labels: ["reader", "deployer"] })).toMatchObject(DENIED);
    expect((await change("lead", { labels: [] })).status).toBe(200);
    expect(await labels()).toBeUndefined();
  });

  it("come along to another team only by whom policy lets label there", async () => {
    const { change, labels } = stage();
    expect((await change("lead", { labels: ["reader"] })).status).toBe(200);
    // The lead may change agents of both teams, and label those of "demo" alone.
    expect(await change("lead", { team: "payroll" })).toMatchObject(DENIED);
    expect((await change("lead", { team: "payroll", labels: [] })).status).toBe(200);
    expect(await labels()).toBeUndefined();
  });

  it("are not dropped on the way to another team by whom policy lets label there alone", async () => {
    const { change, labels } = stage();
    await change("platform", { team: "payroll", labels: ["reader"] });
    expect(await change("lead", { team: "demo", labels: [] })).toMatchObject(DENIED);
    expect(await labels()).toEqual(["reader"]);
  });

  it("stay as they are where a change does not name them, and in its event", async () => {
    const { world, change, labels } = stage();
    await change("platform", { labels: ["reader", "deployer"] });
    expect((await change("lead", { name: "Renamed", limits: { live_tasks: 3 } })).status).toBe(200);
    expect(await labels()).toEqual(["deployer", "reader"]);
    const events = await world.ports.agents.history("demo");
    expect(events.at(-1)).toMatchObject({ type: "agent.changed", facts: { labels: ["deployer", "reader"] } });
  });

  it("I7: are in the event of the registration", async () => {
    const { world, post } = stage();
    await post("POST /v1/agents", "platform", { ...REGISTRATION, labels: ["deployer"] });
    const [event] = await world.ports.agents.history("builder");
    expect(event).toMatchObject({ type: "agent.registered", facts: { labels: ["deployer"] } });
  });

  it.each([
    ["no list", "deployer"],
    ["a number", [3]],
    ["a capital", ["Deployer"]],
    ["an empty one", [""]],
    ["a wildcard", ["deploy*"]],
    ["one twice", ["a", "a"]],
    ["more than 20", Array.from({ length: 21 }, (_, index) => `label-${index}`)],
    ["a long one", ["a".repeat(65)]],
    ["null", null],
  ])("I10: are refused where they are %s", async (_, labels) => {
    const { change, post } = stage();
    const invalid = { status: 400, body: { code: "agent_invalid" } };
    expect(await change("platform", { labels })).toMatchObject(invalid);
    expect(await post("POST /v1/agents", "platform", { ...REGISTRATION, labels })).toMatchObject(invalid);
  });

  it("are not changed by somebody who was allowed to for another's change a moment ago", async () => {
    const { world, change } = stage();
    await change("platform", { labels: ["reader"] });
    const { agents } = world.ports;
    const found = await agents.record("demo");
    // An operator gives a label between the query of policy and the write.
    vi.spyOn(agents, "record").mockImplementationOnce(async () => {
      await change("platform", { labels: ["reader", "deployer"] });
      return found;
    });
    expect(await change("lead", { labels: [] })).toMatchObject({ status: 503, body: { code: "contended" } });
    expect((await agents.read("demo"))?.labels).toEqual(["deployer", "reader"]);
  });
});
