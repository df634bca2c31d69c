import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import type { RuleId } from "../../contract/names.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { type Detection, detectionId } from "../../functions/core/escalation/detection.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { EscalationScene } from "./escalation-scene.ts";

watchWorlds();

type Fields = Readonly<Record<string, unknown>>;

/** The function `intake`, with events of escalations. */
class Containing extends EscalationScene {
  async tell(rule: RuleId, detail: Partial<Detection>, changed: Fields = {}): Promise<void> {
    const at = this.world.nowSeconds();
    const { account = ACCOUNT, task = "", agent = "" } = detail;
    await this.tellIntake({ id: detectionId(rule, account, task || agent, at), rule, at, ...detail }, changed);
  }

  agentStatus(id = "demo") {
    return this.world.ports.agents.agents.get(id)?.status;
  }
}

const seen = { account: ACCOUNT, action: "iam:CreateUser", error: "AccessDenied", key_id: "ASIA1" };

describe("an escalation", () => {
  it.each([
    [undefined, "active", "active"],
    ["alarm", "active", "active"],
    ["end_task", "revoked", "active"],
    ["suspend_agent", "revoked", "suspended"],
  ] as const)("whose response is %s leaves the task %s and its agent %s", async (E4, task, agent) => {
    const containing = new Containing({ E4 });
    const [one, two] = [await containing.service.start(), await containing.service.start()];
    await containing.tell("E4", { ...seen, task: one.id as never });
    expect([containing.status(one.id), containing.agentStatus()]).toEqual([task, agent]);
    expect(containing.status(two.id)).toBe(agent === "active" ? "active" : "revoked");
    expect(containing.records()).toMatchObject([
      { facts: { rule: "E4", task: one.id, agent: "demo", action: "iam:CreateUser", done: E4 ?? "alarm" } },
    ]);
    expect(containing.lines("escalation_detected")).toMatchObject([
      { level: "error", rule: "E4", done: E4 ?? "alarm" },
    ]);
    const ended = containing.world.ports.tasks.events.find(({ of, type }) => of === one.id && type === "task.ended");
    if (task === "revoked") expect(ended?.facts.by).toMatch(/^escalation:E4:/);
  });

  it("that is delivered many times is recorded once and suspends once", async () => {
    const containing = new Containing({ E4: "suspend_agent", suspensionsPerHour: 1 });
    const { id } = await containing.service.start();
    for (let times = 0; times < 3; times += 1) await containing.tell("E4", { ...seen, task: id as never });
    expect(containing.records()).toMatchObject([{ facts: { done: "suspend_agent" } }]);
    expect(containing.agentStatus()).toBe("suspended");
  });

  it.each([
    ["of another account", { account: "444455556666" }],
    ["of a publisher", { account: "444455556666", source: "valetkey.request" }],
    ["of the hub under another source", { source: "my.app" }],
    ["out of an archive", { "replay-name": "again" }],
    ["of two days ago", { time: "2020-01-01T00:00:00Z" }],
    ["of a time that is none", { detail: { version: "1", id: "x".repeat(43), rule: "E4", at: "now" } }],
    ["of an account that is none", { detail: { version: "1", id: "x".repeat(43), rule: "E4", at: 1, account: "*" } }],
  ])("%s is not believed, and rings", async (_, changed) => {
    const containing = new Containing({ E4: "suspend_agent" });
    const { id } = await containing.service.start();
    await containing.tell("E4", { ...seen, task: id as never }, changed);
    expect([containing.status(id), containing.agentStatus(), containing.records()]).toEqual(["active", "active", []]);
    expect(containing.lines("event_refused")).toMatchObject([{ level: "error" }]);
  });

  it.each([
    ["admin", [{ why: "malformed" }]],
    ["valetkey-emea-task-0", [{ why: "malformed" }]],
    ["valetkey-task-x", [{ why: "malformed" }]],
    ["valetkey-task-0", []],
  ])("in the role %s is one of this hub's task roles, or is not believed", async (role, refusals) => {
    const containing = new Containing({ E4: "suspend_agent" });
    const { id } = await containing.service.start();
    await containing.tell("E4", { ...seen, task: id as never, role });
    expect(containing.lines("event_refused")).toMatchObject(refusals);
    expect(containing.agentStatus()).toBe(refusals.length > 0 ? "active" : "suspended");
  });

  it.each([
    ["of another version", { detail: { version: "2" } }],
    ["of a rule that is not known", { detail: { version: "1", id: "x".repeat(43), rule: "E5", at: 1 } }],
    [
      "with a field that is not known",
      { detail: { version: "1", id: "x".repeat(43), rule: "E4", at: 1, containment: "halt_account" } },
    ],
  ])(
    "%s may be a newer release's during a deployment: it is tried again and set aside, and does nothing",
    async (_, changed) => {
      const containing = new Containing({ E4: "suspend_agent" });
      const { id } = await containing.service.start();
      const handled = containing.tell("E4", { ...seen, task: id as never }, changed);
      await expect(handled).rejects.toThrow("has a form of another release");
      expect([containing.status(id), containing.agentStatus(), containing.records()]).toEqual(["active", "active", []]);
      const forged = { ...changed, account: "444455556666" };
      await containing.tell("E4", { ...seen, task: id as never }, forged);
      expect(containing.lines("event_refused")).toMatchObject([{ why: "not_a_publisher" }]);
    },
  );

  it.each([
    ["a task that does not exist", { task: "nosuchtask00." }],
    ["an account in which the task has no lease", { account: "444455556666" }],
    ["nothing", { task: undefined }],
  ])("of %s ends nothing", async (_, changed) => {
    const containing = new Containing({ E4: "suspend_agent" });
    const { id } = await containing.service.start();
    await containing.tell("E4", { ...seen, task: id as never, ...(changed as object) });
    expect([containing.status(id), containing.agentStatus()]).toEqual(["active", "active"]);
    expect(containing.lines("event_refused")).toMatchObject([{ why: "unknown" }]);
  });

  it("names the agent of the record, whatever agent the event names", async () => {
    const containing = new Containing({ E4: "suspend_agent" });
    containing.world.addAgent({ id: "other" });
    const { id } = await containing.service.start();
    await containing.tell("E4", { ...seen, task: id as never, agent: agentId("other") });
    expect([containing.agentStatus(), containing.agentStatus("other")]).toEqual(["suspended", "active"]);
    expect(containing.records()[0]?.facts.agent).toBe("demo");
  });

  it("of a task that has ended, or an agent that is being offboarded, changes neither back", async () => {
    const containing = new Containing({ E4: "suspend_agent" });
    const held = await containing.service.start();
    await containing.service.complete(held);
    await containing.service.offboard();
    await containing.tell("E4", { ...seen, task: held.id as never });
    expect([containing.status(held.id), containing.agentStatus()]).toEqual(["completed", "offboarding"]);
    expect(containing.records()).toHaveLength(1);
  });

  it("is contained whatever happens at the same moment: a renewal, an ending, an offboarding", async () => {
    const containing = new Containing({ E4: "suspend_agent" });
    const held = await containing.service.start();
    containing.world.pass(11);
    const work = [
      containing.service.renew(held),
      containing.tell("E4", { ...seen, task: held.id as never }),
      containing.service.complete(held),
      containing.service.offboard(),
    ];
    await Promise.allSettled(work);
    expect(containing.status(held.id)).not.toBe("active");
    expect(containing.agentStatus()).not.toBe("active");
    expect((await containing.service.renew(held)).status).toBeGreaterThanOrEqual(400);
  });
});

describe("a halted account", () => {
  const halted = async () => {
    const world = fakeWorld();
    const service = new FakeService(world);
    const held = await service.start();
    world.pass(11);
    await world.ports.accountHalts.halt({ account: ACCOUNT, at: world.nowSeconds(), by: "escalation:E3:x" });
    return { world, service, held };
  };

  it("is issued nothing: no task is opened there, and no key is renewed; tasks still end", async () => {
    const { world, service, held } = await halted();
    expect(await service.exchange()).toMatchObject({ status: 403, body: { code: "account_halted" } });
    expect(await service.renew(held)).toMatchObject({ status: 403, body: { code: "account_halted" } });
    const opened = [...world.ports.tasks.tasks.values()].filter(({ path }) => path !== held.id);
    expect(opened.map(({ status }) => status)).toEqual(["withdrawn"]);
    expect(await service.complete(held)).toMatchObject({ status: 200 });
  });

  it("is no other account: what needs no session there goes on", async () => {
    const { service } = await halted();
    const tools = { authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]' };
    expect(await service.exchange(tools)).toMatchObject({ status: 200 });
  });

  it("is served again once a person has lifted the halt, and a later halt holds", async () => {
    const { world, service } = await halted();
    const lifted = await service.operate("POST /v1/accounts/{account}/lift", { parameters: { account: ACCOUNT } });
    expect(lifted).toMatchObject({ status: 200, body: { halted: false } });
    expect(await service.exchange()).toMatchObject({ status: 200 });
    await world.ports.accountHalts.halt({ account: ACCOUNT, at: world.nowSeconds(), by: "escalation:E3:y" });
    expect(await service.exchange()).toMatchObject({ body: { code: "account_halted" } });
  });

  it("is not halted again by events from before a person has lifted the halt, however late or often they are delivered", async () => {
    const containing = new Containing({ E3: "halt_account" });
    const { world, service } = containing;
    const before = world.nowSeconds();
    await containing.tell("E3", { account: ACCOUNT, session: "somebody" });
    expect([...world.ports.accountHalts.halts.keys()]).toEqual([ACCOUNT]);
    world.pass(60);
    await service.operate("POST /v1/accounts/{account}/lift", { parameters: { account: ACCOUNT } });
    world.pass(60);
    await containing.tell("E3", { account: ACCOUNT, session: "somebody", at: before });
    await containing.tell("E3", { account: ACCOUNT, session: "somebody", at: before + 60, id: "y".repeat(43) });
    expect((await service.exchange()).status).toBe(200);
    expect(containing.records().at(-1)?.facts).toMatchObject({ done: "alarm", wanted: "halt_account" });
    await containing.tell("E3", { account: ACCOUNT, session: "somebody", at: before + 61, id: "z".repeat(43) });
    expect((await service.exchange()).body.code).toBe("account_halted");
  });

  it("is noticed whenever the halt comes while a task is opened: nothing is handed out that began after it", async () => {
    const world = fakeWorld();
    const service = new FakeService(world);
    world.ports.tasks.before = async (method) => {
      if (method === "open")
        await world.ports.accountHalts.halt({ account: ACCOUNT, at: world.nowSeconds(), by: "escalation:E3:x" });
    };
    expect(await service.exchange()).toMatchObject({ body: { code: "account_halted" } });
  });
});

describe("an agent that a person has resumed", () => {
  const resume = async ({ service, world }: Containing) => {
    world.pass(60);
    const resumed = await service.operate("POST /v1/agents/{agent}/resume", { parameters: { agent: "demo" } });
    expect(resumed).toMatchObject({ status: 200, body: { status: "active" } });
  };
  const suspended = async () => {
    const containing = new Containing({ E4: "suspend_agent", E8: "cool_down" });
    const { id } = await containing.service.start();
    const before = containing.world.nowSeconds();
    const again = { ...seen, task: id as never, at: before, id: detectionId("E4", ACCOUNT, id, before) };
    await containing.tell("E4", again);
    expect(containing.agentStatus()).toBe("suspended");
    await resume(containing);
    return { containing, before, again };
  };

  it.each([
    ["a minute", 60],
    ["three days", 3 * 86_400],
    ["thirty days", 30 * 86_400],
  ])("is not suspended again by the same call, whose event is delivered again after %s", async (_, seconds) => {
    const { containing, again } = await suspended();
    containing.world.pass(seconds);
    await containing.tell("E4", again);
    expect(containing.agentStatus()).toBe("active");
  });

  it("is not suspended again by other calls from before, and uses up no place of the cap for them", async () => {
    const { containing, before, again } = await suspended();
    const { world } = containing;
    for (let hour = 1; hour < 9; hour += 1) {
      const at = before - hour * 3_600;
      await containing.tell("E4", { ...again, at, id: detectionId("E4", ACCOUNT, "x", at) });
    }
    expect(containing.agentStatus()).toBe("active");
    expect(containing.records().at(-1)?.facts).toMatchObject({ done: "alarm", wanted: "suspend_agent" });
    const { id } = await containing.service.start();
    world.pass(1);
    await containing.tell("E4", { ...seen, task: id as never });
    expect(containing.agentStatus()).toBe("suspended");
  });

  it("does not cool down for refusals from before", async () => {
    const { containing, before } = await suspended();
    await containing.tell("E8", { agent: agentId("demo"), at: before + 30 });
    expect(containing.world.ports.coolDowns.coolDowns.size).toBe(0);
    containing.world.pass(1);
    await containing.tell("E8", { agent: agentId("demo") });
    expect(containing.world.ports.coolDowns.coolDowns.size).toBe(1);
  });

  it("is not suspended by a call from before, if the person resumes it while intake handles the event", async () => {
    const containing = new Containing({ E4: "suspend_agent" });
    const { id } = await containing.service.start();
    const before = containing.world.nowSeconds();
    const { agents } = containing.world.ports;
    agents.before = async (method) => {
      const agent = agents.agents.get("demo");
      if (method !== "change" || agent === undefined) return;
      agents.before = () => undefined;
      agents.agents.set("demo", { ...agent, resumedAt: before + 1, chain: { ...agent.chain, n: agent.chain.n + 1 } });
    };
    await containing.tell("E4", { ...seen, task: id as never, at: before });
    expect([containing.status(id), containing.agentStatus()]).toEqual(["revoked", "active"]);
  });
});

describe("no rule of escalation is a lever", () => {
  it("One agent with many tasks uses up one place of the cap", async () => {
    const containing = new Containing({ E4: "suspend_agent", suspensionsPerHour: 2 });
    const own = [];
    for (let count = 0; count < 5; count += 1) own.push(await containing.service.start());
    containing.world.addAgent({ id: "other" });
    const other = await containing.service.start({
      subject_token: containing.world.agentToken({ sub: "agent:other" }),
    });
    for (const { id } of own) await containing.tell("E4", { ...seen, task: id as never });
    await containing.tell("E4", { ...seen, task: other.id as never });
    expect([containing.agentStatus(), containing.agentStatus("other")]).toEqual(["suspended", "suspended"]);
  });

  it("Agents that are halted already use up no place of the cap", async () => {
    const containing = new Containing({ E4: "suspend_agent", suspensionsPerHour: 1 });
    const { id } = await containing.service.start();
    containing.world.addAgent({ id: "other" });
    const other = await containing.service.start({
      subject_token: containing.world.agentToken({ sub: "agent:other" }),
    });
    await containing.service.operate("POST /v1/agents/{agent}/suspend", { parameters: { agent: "demo" } });
    await containing.tell("E4", { ...seen, task: id as never });
    await containing.tell("E4", { ...seen, task: other.id as never });
    expect(containing.agentStatus("other")).toBe("suspended");
  });

  it("An agent that copies five sessions unseen uses up one place of the cap", async () => {
    const containing = new Containing({ E3: "halt_account", suspensionsPerHour: 5 });
    const held = [];
    for (let count = 0; count < 6; count += 1) held.push(await containing.service.start());
    containing.world.addAgent({ id: "other" });
    const other = await containing.service.start({
      subject_token: containing.world.agentToken({ sub: "agent:other" }),
    });
    for (const { id } of [...held, other]) await copied(containing, id);
    expect(held.map(({ id }) => containing.status(id)).filter((status) => status === "active")).toHaveLength(1);
    expect(containing.status(other.id)).toBe("revoked");
  });

  it("A rule that errs, or agents that are sacrificed, suspend no more than the cap, in one account and by one rule", async () => {
    const containing = new Containing({ E4: "suspend_agent", E6: "suspend_agent", suspensionsPerHour: 2 });
    const names = ["a1", "a2", "a3", "a4"];
    const held = [];
    for (const id of names) {
      containing.world.addAgent({ id });
      held.push(await containing.service.start({ subject_token: containing.world.agentToken({ sub: `agent:${id}` }) }));
    }
    for (const { id } of held.slice(0, 3)) await containing.tell("E4", { ...seen, task: id as never });
    expect(names.map((id) => containing.agentStatus(id))).toEqual(["suspended", "suspended", "active", "active"]);
    expect(held.map(({ id }) => containing.status(id))).toEqual(["revoked", "revoked", "revoked", "active"]);
    expect(containing.records().at(-1)?.facts).toMatchObject({ done: "end_task", wanted: "suspend_agent" });
    // Another rule has a cap of its own, and so has the next hour.
    await containing.tell("E6", { ...seen, task: held[3]?.id as never });
    expect(containing.agentStatus("a4")).toBe("suspended");
    containing.world.pass(3_600);
    await containing.tell("E4", { ...seen, task: held[2]?.id as never });
    expect(containing.agentStatus("a3")).toBe("suspended");
  });

  /**
   * A detection of E3 about a session with the name of a task. Account and role are those of the task's lease unless
   * given.
   */
  const copied = async (containing: Containing, id: string, changed: Partial<Detection> = {}) => {
    const role = containing.world.ports.tasks.tasks.get(id as never)?.leases[0]?.role ?? "";
    const at = containing.world.nowSeconds();
    const detail = { account: ACCOUNT, session: id, key_id: "ASIACOPY", role, at };
    await containing.tell("E3", { ...detail, id: detectionId("E3", ACCOUNT, id, at), ...changed });
  };
  const halts = ({ world }: Containing) => [...world.ports.accountHalts.halts.keys()];

  it("An agent that copies its session unseen ends its own task by it, and halts no account", async () => {
    const containing = new Containing({ E3: "halt_account" });
    const [own, other] = [await containing.service.start(), await containing.service.start()];
    await copied(containing, own.id);
    expect([containing.status(own.id), containing.status(other.id), containing.agentStatus()]).toEqual([
      "revoked",
      "active",
      "active",
    ]);
    expect(halts(containing)).toEqual([]);
    expect(containing.records()[0]?.facts).toMatchObject({
      ...{ rule: "E3", agent: "demo", session: own.id, done: "end_task", wanted: "halt_account" },
    });
  });

  it("A copy that is used after its task has ended halts no account, as long as a session of the task can live", async () => {
    const containing = new Containing({ E3: "halt_account" });
    const held = await containing.service.start();
    await containing.service.complete(held);
    containing.world.pass(3_600);
    await copied(containing, held.id);
    expect([containing.status(held.id), halts(containing)]).toEqual(["completed", []]);
    containing.world.pass(3_600);
    await copied(containing, held.id);
    expect(halts(containing)).toEqual([ACCOUNT]);
  });

  it.each<readonly [string, Partial<Detection>]>([
    ["of no task", { session: "nosuchtask00." }],
    ["that is no task's", { session: "administrator" }],
    ["of a task that has no lease in the role", { role: "valetkey-task-99" }],
  ])("A session with a name %s halts the account, and touches no task", async (_, changed) => {
    const containing = new Containing({ E3: "halt_account" });
    const { id } = await containing.service.start();
    await copied(containing, id, changed);
    expect([containing.status(id), containing.agentStatus(), halts(containing)]).toEqual([
      "active",
      "active",
      [ACCOUNT],
    ]);
  });

  it("An administrator of an account, who can name sessions after tasks, ends no more tasks within an hour than the cap, and none elsewhere", async () => {
    const containing = new Containing({ E3: "halt_account", suspensionsPerHour: 2 });
    const held = [];
    for (let count = 0; count < 3; count += 1) held.push(await containing.service.start());
    for (const { id } of held) await copied(containing, id);
    expect(held.map(({ id }) => containing.status(id))).toEqual(["revoked", "revoked", "active"]);
    expect(containing.records().at(-1)?.facts).toMatchObject({ done: "alarm", wanted: "halt_account" });
    expect([containing.agentStatus(), halts(containing)]).toEqual(["active", []]);
  });

  it("A copy ends nothing where E3 is an alarm", async () => {
    const containing = new Containing({});
    const { id } = await containing.service.start();
    await copied(containing, id);
    expect([containing.status(id), halts(containing)]).toEqual(["active", []]);
  });

  it("An account that is none of the hub's is not halted", async () => {
    const containing = new Containing({ E3: "halt_account" });
    await containing.tell("E3", { account: accountId("123456789012"), session: "x" });
    expect([...containing.world.ports.accountHalts.halts.keys()]).toEqual([]);
  });

  it("A response that a rule must never have is an alarm, though the deployed configuration names it", async () => {
    const containing = new Containing({ E3: "suspend_agent", E4: "halt_account" });
    const { id } = await containing.service.start();
    await containing.tell("E3", { account: ACCOUNT, session: id, task: id as never });
    await containing.tell("E4", { ...seen, task: id as never });
    expect([containing.status(id), containing.agentStatus()]).toEqual(["active", "active"]);
    expect([...containing.world.ports.accountHalts.halts.keys()]).toEqual([]);
  });
});
