import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import type { RuleId } from "../../contract/names.ts";
import type { Escalation } from "../../functions/core/deployment/escalation-rules.ts";
import { detectionId } from "../../functions/core/escalation/detection.ts";
import { PAUSE_SECONDS } from "../../functions/core/escalation/pause.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { giveConsent, personsToken, withdrawConsent } from "../fakes/samples/given-consent.ts";
import type { Held } from "../fakes/world/service.ts";
import { ACCOUNT, policiesWith } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { EscalationScene } from "./escalation-scene.ts";

watchWorlds();

const POLICIES = policiesWith(`
@id("agents") permit (principal in Team::"demo", action, resource);
@id("people") permit (principal is User, action, resource);
`);
const TOOL = { type: "tool", server: "tickets", tools: ["search"] };
const REPORTS = { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/a"] };
const WORK = { authorization_details: JSON.stringify([REPORTS, TOOL]) };
const refused = { status: 403, body: { code: "agent_paused" } };

/** Assistant `demo` that several people share, with the responses of rules that suspend. */
class Shared extends EscalationScene {
  constructor(escalation: Escalation = { E2: "suspend_agent", E4: "suspend_agent", E6: "suspend_agent" }) {
    super(escalation, POLICIES);
    this.world.addAgent({ id: "other" });
    this.world.addAgent({ id: "helper" });
  }

  vend(sub: string, agent = "demo") {
    const own = this.world.agentToken({ sub: `agent:${agent}` });
    const actor = { iss: "https://robots.test", sub: `agent:${agent}` };
    const person = this.world.personToken({ sub, ...(agent === "demo" ? {} : { may_act: actor }) });
    return this.service.exchangeFor(person, { ...WORK, actor_token: own });
  }

  async startFor(sub: string): Promise<Held> {
    const { body } = await this.vend(sub);
    if (!body.task || !body.access_token) throw new Error(`not started: ${JSON.stringify(body)}`);
    return { id: body.task.id, token: body.access_token };
  }

  /** A call of the task breaks a rule. @param at time of the call. */
  async trip(task: Held, rule: RuleId = "E6", at = this.world.nowSeconds()): Promise<void> {
    const id = detectionId(rule, ACCOUNT, task.id, at);
    await this.tellIntake({ id, rule, at, account: ACCOUNT, task: task.id, action: "s3:GetObject" });
  }

  resume(agent = "demo") {
    this.world.pass(60);
    return this.service.operate("POST /v1/agents/{agent}/resume", { parameters: { agent } });
  }

  agentStatus(id = "demo") {
    return this.world.ports.agents.agents.get(id)?.status;
  }

  done() {
    return this.records().map(({ facts }) => facts.done);
  }
}

describe("a rule that fires on a task for a person", () => {
  it.each(["E2", "E4", "E6"] as const)("pauses the agent for that person alone: %s", async (rule) => {
    const shared = new Shared();
    const [pats, kims, own] = [
      await shared.startFor("pat"),
      await shared.startFor("kim"),
      await shared.service.start(),
    ];
    const below = await shared.service.startBelow(pats, WORK);
    await shared.trip(pats, rule);
    expect(shared.agentStatus()).toBe("active");
    expect([pats, below, kims, own].map(({ id }) => shared.status(id))).toEqual([
      "revoked",
      "revoked",
      "active",
      "active",
    ]);
    expect(shared.records()).toMatchObject([{ facts: { done: "pause_party", paused_for: "staff|pat" } }]);
    expect(await shared.vend("pat")).toMatchObject(refused);
    expect((await shared.vend("pat")).body.error_description).toMatch(
      /The agent demo is paused for this person until 2026-11-25T12:\d\d:\d\dZ\.$/,
    );
    expect((await shared.vend("kim")).status).toBe(200);
    expect((await shared.vend("pat", "other")).status).toBe(200);
    expect((await shared.service.exchange()).status).toBe(200);
    shared.world.pass(11);
    expect((await shared.service.renew(kims)).status).toBe(200);
    expect((await shared.service.renew(own)).status).toBe(200);
  });

  it("says until when, and what to do", async () => {
    const shared = new Shared();
    await shared.trip(await shared.startFor("pat"));
    const { body } = await shared.vend("pat");
    const until = new Date((shared.world.nowSeconds() + PAUSE_SECONDS) * 1_000).toISOString().replace(".000", "");
    expect(body.error_description).toContain(`ask an operator`);
    expect(body.error_description).toContain(`until ${until}`);
  });

  it("refuses that pair everywhere: renewals, delegations, presentations, and what a tool server asks", async () => {
    const shared = new Shared();
    const [found, held] = [await shared.startFor("pat"), await shared.startFor("pat")];
    const below = await shared.service.startBelow(held, WORK);
    const delegation = await shared.service.delegation(held);
    const shown = (await shared.service.present(held.token)).body.access_token ?? "";
    expect((await shared.service.introspect(shown)).body).toMatchObject({ active: true });
    await shared.trip(found);
    shared.world.pass(11);
    expect(await shared.service.renew(held)).toMatchObject(refused);
    expect(await shared.service.renew(below)).toMatchObject(refused);
    expect(await shared.service.delegate(held.token)).toMatchObject(refused);
    expect(await shared.service.present(held.token)).toMatchObject(refused);
    expect(await shared.service.exchangeDelegation(delegation, WORK)).toMatchObject(refused);
    const fresh = shared.world.personToken({ sub: "pat" });
    expect(await shared.service.prolong(held, fresh)).toMatchObject(refused);
    expect((await shared.service.introspect(shown)).body).toEqual({ active: false });
  });

  it("fails closed where the pause cannot be read", async () => {
    const shared = new Shared();
    const held = await shared.startFor("pat");
    shared.world.ports.pauses.before = () => {
      throw new Error("unreachable");
    };
    expect((await shared.vend("pat")).status).toBeGreaterThanOrEqual(500);
    expect((await shared.service.delegate(held.token)).status).toBeGreaterThanOrEqual(500);
  });

  it("is noticed whenever the pause comes while a task is opened", async () => {
    const shared = new Shared();
    shared.world.ports.tasks.before = async (method) => {
      const at = shared.world.nowSeconds();
      if (method === "open")
        await shared.world.ports.pauses.begin({ agent: agentId("demo"), party: "staff|pat", at, by: "x" });
    };
    expect(await shared.vend("pat")).toMatchObject(refused);
  });

  it("pauses a sub-agent for the agent at the root, where no person is there", async () => {
    const shared = new Shared();
    const root = await shared.service.start(WORK);
    const below = await shared.service.startBelow(root, WORK);
    await shared.trip(below);
    expect([shared.agentStatus("helper"), shared.status(root.id)]).toEqual(["active", "active"]);
    await expect(shared.service.startBelow(root, WORK)).rejects.toThrow(
      /The agent helper is paused for the agent demo until .*agent_paused/,
    );
    const own = shared.world.agentToken({ sub: "agent:helper" });
    expect((await shared.service.exchange({ subject_token: own })).status).toBe(200);
  });
});

describe("the whole agent is suspended", () => {
  it("for a task of its own", async () => {
    const shared = new Shared();
    await shared.trip(await shared.service.start());
    expect([shared.agentStatus(), ...shared.done()]).toEqual(["suspended", "suspend_agent"]);
  });

  it("where E1 shows that the revocation failed, whoever the task was for", async () => {
    const shared = new Shared({ E1: "suspend_agent" });
    await shared.trip(await shared.startFor("pat"), "E1");
    expect(shared.agentStatus()).toBe("suspended");
  });

  it("once one rule has found it at three people within an hour", async () => {
    const shared = new Shared();
    const held = [await shared.startFor("pat"), await shared.startFor("kim"), await shared.startFor("sam")];
    for (const task of held.slice(0, 2)) await shared.trip(task);
    expect(shared.agentStatus()).toBe("active");
    for (const task of held.slice(2)) await shared.trip(task);
    expect([shared.agentStatus(), ...shared.done()]).toEqual([
      "suspended",
      "pause_party",
      "pause_party",
      "suspend_agent",
    ]);
  });

  it("not for one person, however often, nor for three people over hours or by several rules", async () => {
    const shared = new Shared();
    const pats = [await shared.startFor("pat"), await shared.startFor("pat"), await shared.startFor("pat")];
    for (const task of pats) await shared.trip(task);
    await shared.trip(await shared.startFor("kim"), "E4");
    await shared.trip(await shared.startFor("sam"), "E2");
    expect(shared.agentStatus()).toBe("active");
    const jo = await shared.startFor("jo");
    shared.world.pass(3_600);
    await shared.trip(jo);
    expect(shared.agentStatus()).toBe("active");
  });
});

describe("a pause", () => {
  it("ends after its period, and not before", async () => {
    const shared = new Shared();
    await shared.trip(await shared.startFor("pat"));
    shared.world.pass(PAUSE_SECONDS - 1);
    expect(await shared.vend("pat")).toMatchObject(refused);
    shared.world.pass(1);
    expect((await shared.vend("pat")).status).toBe(200);
  });

  it("ends when an operator resumes the agent, which is recorded; a later call pauses again", async () => {
    const shared = new Shared();
    const found = await shared.startFor("pat");
    await shared.trip(found);
    expect(await shared.resume()).toMatchObject({ status: 200, body: { status: "active" } });
    const [event] = shared.world.ports.agents.events.filter(({ type }) => type === "agent.resumed");
    expect(event?.facts).toMatchObject({ resumed_for: ["staff|pat"] });
    const again = await shared.startFor("pat");
    shared.world.pass(1);
    await shared.trip(again);
    expect(await shared.vend("pat")).toMatchObject(refused);
  });

  it("is not ended by the person for whom the agent is paused", async () => {
    const shared = new Shared();
    await shared.trip(await shared.startFor("alice"));
    expect(await shared.resume()).toMatchObject({ status: 403, body: { code: "not_eligible" } });
    expect(await shared.vend("alice")).toMatchObject(refused);
  });

  it("is not brought back or prolonged by a late event or an older value", async () => {
    const shared = new Shared();
    const { pauses } = shared.world.ports;
    const found = await shared.startFor("pat");
    const at = shared.world.nowSeconds();
    await shared.trip(found);
    const older = await pauses.find("demo", "staff|pat");
    if (!older) throw new Error("not paused");
    await pauses.begin({ ...older, at: at - 60 });
    expect(await pauses.find("demo", "staff|pat")).toEqual(older);
    await shared.resume();
    await shared.trip(found, "E6", at);
    await shared.trip(found, "E6", at - 3_600);
    await pauses.begin(older);
    expect((await shared.vend("pat")).status).toBe(200);
    expect(shared.done()).toEqual(["pause_party", "alarm"]);
    pauses.pauses.set("demo staff|pat", { ...older, at: shared.world.nowSeconds() + 3_600 });
    expect((await shared.vend("pat")).status).toBe(200);
  });

  it("is what resuming an active agent ends: without one, nothing changes", async () => {
    const shared = new Shared();
    expect(await shared.resume()).toMatchObject({ status: 200 });
    expect(shared.world.ports.agents.events.filter(({ type }) => type === "agent.resumed")).toEqual([]);
  });
});

it("An operator sees for whom an agent is paused, by what and until when", async () => {
  const shared = new Shared();
  await shared.trip(await shared.startFor("pat"));
  const read = () => shared.service.operate("GET /v1/agents/{agent}", { parameters: { agent: "demo" } });
  expect((await read()).body).toMatchObject({
    status: "active",
    paused_for: [{ party: "staff|pat", by: expect.stringMatching(/^escalation:E6:/), until: expect.any(String) }],
  });
  await shared.resume();
  expect((await read()).body).not.toHaveProperty("paused_for");
});

describe("A person's consent", () => {
  const until = "2026-11-25T12:00:00Z";
  const listed = async ({ service }: Shared, person: string, query = "") => {
    const { body } = await service.operate("GET /v1/consents", { token: personsToken(service, person), query });
    return body.consents as readonly object[];
  };

  it("shows the person and an operator until when the agent is paused for them, and by what", async () => {
    const shared = new Shared();
    const [consent] = [await giveConsent(shared.service), await giveConsent(shared.service, {}, "kim")];
    await shared.trip(await shared.startFor("pat"));
    const paused = { by: expect.stringMatching(/^escalation:E6:/), until };
    expect(await listed(shared, "pat")).toMatchObject([{ id: consent, status: "live", paused }]);
    expect(await listed(shared, "kim", "person=staff%7Cpat")).toMatchObject([{ paused }]);
    const token = personsToken(shared.service);
    const read = await shared.service.operate("GET /v1/consents/{consent}", { parameters: { consent }, token });
    expect(read.body.paused).toEqual(paused);
    for (const own of await listed(shared, "kim")) expect(own).not.toHaveProperty("paused");
    expect((await withdrawConsent(shared.service, consent)).body).not.toHaveProperty("paused");
  });

  it("shows no pause once it is over, or an operator has ended it", async () => {
    for (const end of [(shared: Shared) => shared.resume(), (shared: Shared) => shared.world.pass(PAUSE_SECONDS)]) {
      const shared = new Shared();
      await giveConsent(shared.service);
      await shared.trip(await shared.startFor("pat"));
      await end(shared);
      const [own] = await listed(shared, "pat");
      expect(own).toMatchObject({ status: "live" });
      expect(own).not.toHaveProperty("paused");
    }
  });

  it("is not shown as unpaused where the pause cannot be read", async () => {
    const shared = new Shared();
    await giveConsent(shared.service);
    shared.world.ports.pauses.before = () => {
      throw new Refusal("store_unavailable");
    };
    expect(await listed(shared, "pat")).toBeUndefined();
  });
});
