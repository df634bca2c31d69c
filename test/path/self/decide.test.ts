import { beforeEach, describe, expect, it } from "vitest";
import { RATE_LIMITS } from "../../../contract/limits.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld, fakeWorld, httpEvent, READ_REPORTS } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { askingPeople } from "../../openapi/recording/approvals.ts";
import { answerTo, type Call } from "../../openapi/recording/call.ts";
import { belowForm, personForm, startForm, startTask } from "../../openapi/recording/story.ts";
import { exchangeRefusals } from "../../openapi/refused/exchange.ts";

watchWorlds();

let world: FakeWorld;

beforeEach(() => {
  world = fakeWorld();
});

const PAYROLL = "arn:aws:s3:::acme-payroll/2026/*";
const asking = (...resources: readonly string[]) => ({
  authorization_details: JSON.stringify([{ type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources }]),
});

/** The same call at the other route: the form is the same. */
const deciding = (call: Call): Call => ({ ...call, route: "POST /v1/decide" });

const formCall = (form: Readonly<Record<string, string>>): Call => ({ route: "POST /v1/token", body: { form } });

async function sent(call: Call) {
  const { statusCode: status, body } = await answerTo(call, world);
  return { status, body: JSON.parse(body) };
}

/** Everything that the world has written. */
const written = () => ({
  tasks: [...world.ports.tasks.tasks.keys()],
  events: world.ports.tasks.events.length,
  sessions: world.ports.sessions.asked.length,
  refusals: world.ports.rateLimits.isOver("demo" as never, "refusal"),
});

/** Refusals of the exchange that come from its decision, or from a read of what was stopped. */
const DECIDED = [
  "policy_denied",
  "agent_inactive",
  "halted",
  "account_halted",
  "agent_paused",
  "threat_model_unaccepted",
  "intent_too_large",
  "actor_not_allowed",
  "delegation_unsupported",
] as const;

describe("I1: a decision without a task", () => {
  it.each(DECIDED)("is refused by %s as the exchange refuses it", async (code) => {
    const good = async (each: FakeWorld) => formCall(startForm(each));
    const call = await exchangeRefusals(good)[code](world);
    const before = written();
    const asked = await sent(deciding(call));
    expect(asked).toMatchObject({ status: 200, body: { decision: "refused", refusal: { code } } });
    expect(asked.body.authorization_details).toBeUndefined();
    expect(written()).toEqual(before);
    const given = await sent(call);
    expect(given.body).toMatchObject({ code, ...(asked.body.denials ? { denials: asked.body.denials } : {}) });
  });

  it("permits what the exchange then grants, with the same token", async () => {
    const form = startForm(world);
    const asked = await sent(deciding(formCall(form)));
    expect(asked).toMatchObject({ status: 200, body: { agent: "demo", decision: "permitted" } });
    expect(written()).toMatchObject({ tasks: [], events: 0, sessions: 0 });
    const given = await sent(formCall(form));
    expect(given.body.authorization_details).toEqual(asked.body.authorization_details);
  });

  it("has the covered part, and no more than a denial says of the rest", async () => {
    const form = startForm(world, { mode: "narrow", ...asking("arn:aws:s3:::acme-data/reports/*", PAYROLL) });
    const { body } = await sent(deciding(formCall(form)));
    expect(body).toMatchObject({
      decision: "permitted",
      authorization_details: [{ resources: ["arn:aws:s3:::acme-data/reports/*"] }],
      denials: [{ target: PAYROLL }],
    });
    expect(Object.keys(body).sort()).toEqual(["agent", "authorization_details", "decision", "denials"]);
  });

  it("names the votes that the request takes, and asks nobody", async () => {
    const call = { ...formCall(startForm(world)), meanwhile: askingPeople('@approval("sre=2")') };
    const { body } = await sent(deciding(call));
    expect(body).toMatchObject({ decision: "approval", needed: [{ group: "sre", count: 2 }] });
    expect(written()).toMatchObject({ tasks: [], events: 0, sessions: 0 });
  });

  it("is made for a person and below another task, and uses up neither token", async () => {
    const forPerson = formCall(personForm(world));
    expect((await sent(deciding(forPerson))).body).toMatchObject({ agent: "demo", decision: "permitted" });
    expect((await sent(forPerson)).status).toBe(200);
    const below = formCall(await belowForm(world, await startTask(world)));
    expect((await sent(deciding(below))).body).toMatchObject({ agent: "helper", decision: "permitted" });
    expect((await sent(below)).status).toBe(200);
  });

  it("is no escalation, but the use of another agent's delegation is one", async () => {
    const denied = formCall(startForm(world, asking(PAYROLL)));
    for (let count = 0; count < 20; count += 1) await sent(deciding(denied));
    expect(world.ports.refusedUses.calls).toBe(0);
    world.addAgent({ id: "other", bindings: [{ issuer: "robots", claims: { sub: "agent:other" } }] });
    const form = await belowForm(world, await startTask(world));
    const stolen = formCall({ ...form, actor_token: world.agentToken({ sub: "agent:other" }) });
    expect((await sent(deciding(stolen))).body).toMatchObject({ code: "delegation_token_invalid" });
    expect(world.ports.refusedUses.calls).toBeGreaterThan(0);
  });

  it("has a limit of its own, which leaves tasks alone", async () => {
    const asked = async () => (await sent(deciding(formCall(startForm(world))))).status;
    for (let count = 0; count < RATE_LIMITS.question; count += 1) expect(await asked()).toBe(200);
    expect(await asked()).toBe(429);
    expect((await sent(formCall(startForm(world)))).status).toBe(200);
  });

  it("counts a used token apart, so that whoever has seen it blocks no question of the agent", async () => {
    const form = startForm(world);
    await sent(formCall(form));
    for (let count = 0; count < RATE_LIMITS.question; count += 1)
      expect((await sent(deciding(formCall(form)))).body).toMatchObject({ code: "token_replayed" });
    expect((await sent(deciding(formCall(startForm(world))))).status).toBe(200);
  });
});

describe("what policy grants an agent", () => {
  const reach = (token: string) =>
    new FakeService(world).send(httpEvent("GET /v1/self/reach", { headers: { authorization: `Bearer ${token}` } }));

  it("is what an operator reads of it, and no other agent's", async () => {
    const { body } = await reach(world.agentToken());
    const read = await new FakeService(world).operate("GET /v1/agents/{agent}/reach", {
      parameters: { agent: "demo" },
    });
    const { agent, permits, except, uncounted } = read.body as unknown as Record<string, unknown>;
    expect(body).toEqual({ agent, permits, except, uncounted });
    expect(JSON.stringify(permits)).toContain("acme-data/reports");
  });

  it("is not answered to whoever has seen a used token, nor to a person", async () => {
    const form = startForm(world);
    await sent(formCall(form));
    expect((await reach(form.subject_token ?? "")).body).toMatchObject({ code: "token_replayed" });
    expect((await reach(world.operatorToken())).status).toBe(400);
    expect(world.ports.refusedUses.calls).toBe(0);
  });
});

describe("which agent a token leads to", () => {
  const whoAmI = (token: string, service = new FakeService(world)) =>
    service.send(httpEvent("GET /v1/self", { headers: { authorization: `Bearer ${token}` } }));

  it("is answered with issuer and subject as registrations have them, limits, and what is alive", async () => {
    const held = await startTask(world);
    expect(await whoAmI(world.agentToken())).toMatchObject({
      status: 200,
      body: {
        agent: "demo",
        status: "active",
        issuer: "robots",
        sub: "agent:demo",
        limits: { live_tasks: expect.any(Number) },
        tasks: [{ id: held.id, status: "active" }],
        live_tasks: 1,
      },
    });
  });

  it("starts a task afterwards with the same token", async () => {
    const form = startForm(world, { authorization_details: JSON.stringify(READ_REPORTS) });
    await whoAmI(form.subject_token ?? "");
    expect((await sent(formCall(form))).status).toBe(200);
  });

  it("is not answered to whoever has seen a used token", async () => {
    const form = startForm(world);
    await sent(formCall(form));
    const { body } = await whoAmI(form.subject_token ?? "");
    expect(body).toEqual({ error: expect.any(String), error_description: expect.any(String), code: "token_replayed" });
  });

  it("has the status as it is now, and never another agent's tasks", async () => {
    world.addAgent({ id: "helper", status: "suspended" });
    await startTask(world);
    const { body } = await whoAmI(world.agentToken({ sub: "agent:helper" }));
    expect(body).toMatchObject({ agent: "helper", status: "suspended", tasks: [], live_tasks: 0 });
  });

  it("is not answered without a token, to a person or a stranger", async () => {
    const service = new FakeService(world);
    expect((await service.send(httpEvent("GET /v1/self", {}))).body).toMatchObject({ code: "token_malformed" });
    expect((await whoAmI(world.operatorToken())).status).not.toBe(200);
    expect((await whoAmI(world.agentToken({ sub: "agent:stranger" }))).body).toMatchObject({ code: "agent_unknown" });
  });
});
