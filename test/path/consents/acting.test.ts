import { beforeEach, describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { DEFAULT_LIMITS } from "../../../contract/limits.ts";
import type { SealedConsent } from "../../../functions/core/consents/consent.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { CEILING, giveConsent, personsToken, withdrawConsent } from "../../fakes/samples/given-consent.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT, fakeWorld, policiesWith } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";

watchWorlds();

const POLICIES = policiesWith(`
@id("agents") permit (principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/*" };
@id("people") permit (principal is User, action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/*" };
@id("give") permit (principal is User, action == Action::"valetkey:GiveConsent", resource is Agent);
@id("operate") permit (principal is User, action in Action::"valetkey:Operate", resource) when { principal.firstOperator };
`);
const reads = (...names: readonly string[]) => ({
  authorization_details: JSON.stringify([
    {
      ...{ type: "aws", account: ACCOUNT, actions: ["s3:GetObject"] },
      resources: names.map((name) => `arn:aws:s3:::acme-data/${name}`),
    },
  ]),
});
const NORTH = reads("reports/north/*");
const PARTNERS = DEPLOYMENT.issuers
  .filter(({ name }) => name === "staff")
  .map((issuer) => ({ ...issuer, name: "partners", url: "https://partners.test" }));

let service: FakeService;
beforeEach(() => {
  const deployment = { ...DEPLOYMENT, issuers: [...DEPLOYMENT.issuers, ...PARTNERS] };
  service = new FakeService(fakeWorld({ policies: POLICIES, deployment }));
});

/** Sends a request for a person whose token names no agent. */
const ask = (request: object = NORTH, claims: object = {}) =>
  service.exchangeFor(service.world.personToken({ may_act: undefined, ...claims }), { ...request });
const code = async (asked?: object, claims?: object) => (await ask(asked, claims)).body.code ?? "granted";
const change = (id: string, changed: Partial<SealedConsent>) => {
  const { consents } = service.world.ports.given;
  const consent = consents.get(id);
  if (consent) consents.set(id, { ...consent, ...changed });
};

describe("the agent acts for a person by a consent", () => {
  it("within the ceiling, and the task's record names the consent", async () => {
    const id = await giveConsent(service);
    const { status, body } = await ask();
    expect([status, body]).toMatchObject([200, { sub: "staff|pat", act: { sub: "demo" } }]);
    const [task] = [...service.world.ports.tasks.tasks.values()];
    expect(task?.onBehalf).toMatchObject({ value: "pat", consent: { id, agent: agentId("demo"), details: CEILING } });
    expect(service.world.ports.tasks.events.at(-1)?.facts).toMatchObject({ on_behalf_of: "staff|pat", consent: id });
  });

  it("for longer by the person's fresh token, while the consent lives", async () => {
    const id = await giveConsent(service);
    const { body } = await ask({ ...NORTH, task_ttl: "7200" });
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    const prolong = (claims: object = { may_act: undefined }) =>
      service.prolong(held, service.world.personToken({ ...claims }));
    service.world.pass(3_000);
    expect((await prolong({})).body.code).toBe("actor_not_allowed");
    expect((await prolong()).status).toBe(200);
    service.world.pass(3_000);
    expect((await service.renew(held)).status).toBe(200);
    const { tasks } = service.world.ports;
    tasks.before = async (method) => {
      if (method !== "prolong") return;
      tasks.before = () => undefined;
      await withdrawConsent(service, id);
    };
    expect((await prolong()).body.code).toMatch(/^(task_ended|consent_ended)$/);
    expect([...tasks.tasks.values()].map(({ status }) => status)).toEqual(["revoked"]);
  });

  it("within no more than the ceiling, though policy permits both more", async () => {
    await giveConsent(service);
    const { status, body } = await ask(reads("reports/south/*"));
    expect([status, body.code, body.denials?.[0]?.reason]).toEqual([
      ...[403, "policy_denied"],
      "The person's consent does not include it.",
    ]);
    expect(await code(reads("reports/*"))).toBe("policy_denied");
  });

  it("for the part within the ceiling, where the request accepts less", async () => {
    await giveConsent(service);
    const { body } = await ask({ ...reads("reports/*"), mode: "narrow" });
    expect(body.authorization_details).toMatchObject([{ resources: ["arn:aws:s3:::acme-data/reports/north/*"] }]);
  });

  it("under the conditions that the consent states", async () => {
    const conditions = { Bool: { "aws:SecureTransport": ["true"] } };
    await giveConsent(service, { authorization_details: [{ ...CEILING[0], conditions }] });
    expect(await code()).toBe("granted");
    const [policy = ""] = service.world.ports.sessions.asked.map((each) => each.policy);
    expect(JSON.parse(policy).Statement[0].Condition).toMatchObject({ Bool: { "aws:SecureTransport": "true" } });
  });

  it("until it ends, and never longer than an hour after the person's token", async () => {
    await giveConsent(service, { days: 1 });
    service.world.pass(86_400 - 120);
    const { body } = await ask({ ...NORTH, task_ttl: "7200" });
    expect(Date.parse(body.task?.expires_at ?? "") / 1_000 - service.world.nowSeconds()).toBe(120);
  });

  it("in every sub-agent's task below, within the same ceiling", async () => {
    const id = await giveConsent(service);
    service.world.addAgent({ id: "helper" });
    const { body } = await ask();
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    const below = await service.exchangeDelegation(await service.delegation(held), { ...NORTH });
    expect(below.status).toBe(200);
    const consents = [...service.world.ports.tasks.tasks.values()].map(({ onBehalf }) => onBehalf?.consent?.id);
    expect(consents).toEqual([id, id]);
  });

  it("without the ceiling, where the person's token names the agent itself", async () => {
    await giveConsent(service);
    expect((await service.exchangeFor(service.world.personToken(), { ...reads("reports/south/*") })).status).toBe(200);
  });
});

describe("no agent acts for a person", () => {
  it.each<readonly [string, () => Promise<unknown>]>([
    ["without a consent", async () => undefined],
    ["by the consent of another person", () => giveConsent(service, {}, "kim")],
    [
      "by the person's consent for another agent",
      async () => {
        service.world.addAgent({ id: "other" });
        await giveConsent(service, { agent: agentId("other") });
      },
    ],
    [
      "by an expired consent",
      async () => {
        await giveConsent(service, { days: 1 });
        service.world.pass(86_400);
      },
    ],
    ["by a withdrawn consent", async () => withdrawConsent(service, await giveConsent(service))],
    [
      "by a consent that an operator has withdrawn",
      async () => withdrawConsent(service, await giveConsent(service), service.world.operatorToken()),
    ],
  ])("%s", async (_, arrange) => {
    await arrange();
    expect(await code()).toBe("actor_not_allowed");
    expect(service.world.ports.sessions.asked).toEqual([]);
  });

  it.each<readonly [string, object, string]>([
    ["at whose issuer another has the same id (B5)", { iss: "https://partners.test" }, "actor_not_allowed"],
    [
      "whose token names another agent",
      { may_act: { iss: "https://robots.test", sub: "agent:other" } },
      "actor_not_allowed",
    ],
    ["whose token names nobody", { may_act: {} }, "actor_not_allowed"],
    ["in whose token somebody acts already", { act: { sub: "agent:demo" } }, "token_claims"],
  ])("%s, by a consent", async (_, claims, refusal) => {
    await giveConsent(service);
    expect(await code(NORTH, claims)).toBe(refusal);
    expect(service.world.ports.sessions.asked).toEqual([]);
  });

  it.each<readonly [string, Partial<SealedConsent>]>([
    ["a wider ceiling", { details: [{ ...CEILING[0], resources: ["arn:aws:s3:::acme-data/*"] }] as never }],
    ["a later end", { expiresAt: 4_000_000_000 }],
    ["a later sign-in", { signedInAt: 4_000_000_000 }],
    ["another agent", { agent: "demo " as never }],
    ["another person", { person: { issuer: "staff", value: "kim" } }],
    ["no seal", { seal: "" }],
    ["the seal of another kind", { seal: "v1.fake.AAAA" }],
  ])("by a consent into which a function has written %s, which is logged", async (_, changed) => {
    change(await giveConsent(service), changed);
    expect(await code()).toBe("actor_not_allowed");
    expect(service.world.lines).toContainEqual(expect.objectContaining({ event: "seal_broken", type: "consent" }));
  });

  it("by a genuine consent that was put in the place of another", async () => {
    service.world.addAgent({ id: "other" });
    const id = await giveConsent(service, { agent: agentId("other") });
    service.world.ports.given.live.get("staff|pat")?.set("demo", id);
    expect(await code()).toBe("actor_not_allowed");
  });

  it("by the genuine consent of another person, listed as theirs", async () => {
    const id = await giveConsent(service, {}, "kim");
    service.world.ports.given.live.set("staff|pat", new Map([["demo", id]]));
    expect(await code()).toBe("actor_not_allowed");
  });

  it("by a consent from before the table was restored, which does not know what was withdrawn since", async () => {
    await giveConsent(service);
    const restored = { ...service.world.ports.deployment, restoredAt: service.world.nowSeconds() };
    service.world.pass(600);
    const after = new FakeService({ ...service.world, ports: { ...service.world.ports, deployment: restored } });
    const { body } = await after.exchangeFor(service.world.personToken({ may_act: undefined }), { ...NORTH });
    expect(body.code).toBe("actor_not_allowed");
  });
});

describe("a consent that is withdrawn", () => {
  it("while its task is opened leaves no task", async () => {
    const id = await giveConsent(service);
    const { tasks } = service.world.ports;
    tasks.before = async (method) => {
      if (method !== "open") return;
      tasks.before = () => undefined;
      await withdrawConsent(service, id);
    };
    expect(await code()).toBe("consent_ended");
    expect(tasks.tasks.size).toBe(0);
  });

  it("right after its task was written hands out nothing", async () => {
    await giveConsent(service);
    const { tasks, given } = service.world.ports;
    tasks.before = (method) => {
      if (method === "read") given.live.clear();
    };
    expect(await code()).toBe("consent_ended");
    expect([...tasks.tasks.values()].map(({ status }) => status)).not.toContain("active");
  });

  it("renews nothing, shows nothing to tool servers, and lets nobody delegate", async () => {
    const id = await giveConsent(service);
    const { body } = await ask();
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    service.world.pass(20);
    expect((await service.renew(held)).status).toBe(200);
    service.world.ports.given.live.clear();
    service.world.pass(20);
    expect((await service.renew(held)).body.code).toBe("consent_ended");
    expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it("ends every task under it, sub-agents' too, and nothing else of the person (B4)", async () => {
    const id = await giveConsent(service);
    service.world.addAgent({ id: "helper" });
    const { body } = await ask();
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    await service.exchangeDelegation(await service.delegation(held), { ...NORTH });
    const others = [
      await service.exchangeFor(service.world.personToken(), { ...NORTH }),
      await service.exchange({ ...NORTH }),
    ].map((each) => each.body.task?.id);
    const withdrawn = await withdrawConsent(service, id);
    expect(withdrawn.body).toMatchObject({ id, status: "ended", ended_tasks: 2 });
    const active = [...service.world.ports.tasks.tasks.values()].filter(({ status }) => status === "active");
    expect(active.map(({ path }) => path)).toEqual(others);
    const [withdrawal] = service.world.ports.tasks.events.filter(({ type }) => type === "consent.withdrawn");
    expect(withdrawal?.facts).toEqual({
      agent: agentId("demo"),
      by: "staff|pat",
      on_behalf_of: "staff|pat",
      consent: id,
    });
  });

  it("lets its person read the receipts of what it ended, and nobody else whom policy does not let", async () => {
    const id = await giveConsent(service);
    const { body } = await ask();
    await withdrawConsent(service, id);
    const receipt = (token: string, task = body.task?.id ?? "") =>
      service.operate("GET /v1/tasks/{task}/receipt", { parameters: { task }, token });
    expect(await receipt(personsToken(service))).toMatchObject({ status: 200, body: { status: "revoked" } });
    expect((await receipt(personsToken(service, "kim"))).body.code).toBe("operator_denied");
    const twin = service.world.operatorToken({ iss: "https://partners.test", sub: "pat" });
    expect((await receipt(twin)).body.code).toBe("operator_denied");
    const own = (await service.exchange({ ...NORTH })).body.task?.id;
    expect((await receipt(personsToken(service), own)).body.code).toBe("operator_denied");
    expect((await receipt(personsToken(service), "no task")).body.code).toBe("malformed_request");
  });

  it("finishes by a repeat what broke off", async () => {
    const id = await giveConsent(service);
    await ask();
    const { tasks } = service.world.ports;
    tasks.before = (method) => {
      if (method === "end") throw new Refusal("store_unavailable");
    };
    expect((await withdrawConsent(service, id)).body.code).toBe("store_unavailable");
    tasks.before = () => undefined;
    expect((await withdrawConsent(service, id)).body).toMatchObject({ ended_tasks: 1 });
  });

  // Without what the openings compare, tasks are left alive at each of these moments.
  it.each([140, 200, 240])(
    "while 200 tasks are being opened leaves none alive, whenever it comes (step %d)",
    async (at) => {
      const { rateLimits, tasks, random } = service.world.ports;
      rateLimits.count = async () => true;
      service.world.addAgent({ id: "demo", limits: { ...DEFAULT_LIMITS, liveTasks: 1_000, tasksPerMinute: 6_000 } });
      const id = await giveConsent(service);
      let steps = 0;
      let withdrawing: ReturnType<typeof withdrawConsent> | undefined;
      // Each step of a vend takes a number of turns of its own, which interleaves the vends and the withdrawal.
      tasks.before = async (method) => {
        steps += 1;
        if (steps === at) withdrawing = withdrawConsent(service, id);
        const [byte = 0] = random.bytes(1);
        for (let turn = 0; turn < byte % 24; turn += 1) await Promise.resolve(method);
      };
      const vends = await Promise.all(Array.from({ length: 200 }, () => ask()));
      expect((await withdrawing)?.status).toBe(200);
      const codes = Map.groupBy(vends, ({ body }) => body.code ?? "granted");
      expect([...tasks.tasks.values()].filter(({ status }) => status === "active")).toEqual([]);
      expect([...tasks.live.values()].flatMap((live) => [...live])).toEqual([]);
      expect(codes.size).toBeGreaterThan(1);
      tasks.before = () => undefined;
      expect(await code()).toBe("actor_not_allowed");
    },
  );

  it("may be withdrawn again, which changes nothing", async () => {
    const id = await giveConsent(service);
    const first = await withdrawConsent(service, id);
    const events = service.world.ports.tasks.events.length;
    const again = await withdrawConsent(service, id);
    expect([first.status, again.status, again.body.status]).toEqual([200, 200, "ended"]);
    expect(service.world.ports.tasks.events).toHaveLength(events);
  });

  it("by somebody else is not withdrawn", async () => {
    const id = await giveConsent(service);
    expect((await withdrawConsent(service, id, personsToken(service, "kim"))).body.code).toBe("operator_denied");
    const twin = service.world.operatorToken({ iss: "https://partners.test", sub: "pat" });
    expect((await withdrawConsent(service, id, twin)).body.code).toBe("operator_denied");
    expect((await withdrawConsent(service, id, service.world.personToken())).body.code).toBe("operator_token_invalid");
    expect(await code()).toBe("granted");
  });

  it("is not brought back by whoever puts its record there again", async () => {
    const id = await giveConsent(service);
    const { given } = service.world.ports;
    const before = given.consents.get(id);
    await withdrawConsent(service, id);
    if (before) given.consents.set(id, before);
    expect(await code()).toBe("actor_not_allowed");
  });
});
