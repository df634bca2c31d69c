import { describe, expect, it } from "vitest";
import { FakeService } from "../../fakes/fake-service.ts";
import { ACCOUNT, DEPLOYMENT, fakeWorld, policiesWith, URL_OF_HUB } from "../../fakes/fake-world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

/** The agent may read all reports; people of support may read those of the north, and Pat those of the south besides. */
const POLICIES = policiesWith(`
@id("agents") permit (principal in Team::"demo", action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/reports/*" };
@id("support") permit (principal is User in Group::"staff|support", action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/reports/north/*" || resource.arn like "arn:aws:s3:::acme-data/private/*" };
@id("pat") permit (principal == User::"staff|pat", action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/reports/south/*" };
@id("closed") forbid (principal is User, action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "*/reports/north/closed/*" };
`);

const serve = (policies = POLICIES) => new FakeService(fakeWorld({ policies }));
const reads = (...names: readonly string[]) => ({
  authorization_details: JSON.stringify([
    {
      type: "aws",
      account: ACCOUNT,
      actions: ["s3:GetObject"],
      resources: names.map((name) => `arn:aws:s3:::acme-data/${name}`),
    },
  ]),
});
const NORTH = reads("reports/north/*");
const robots = (sub: string) => ({ iss: "https://robots.test", sub });

describe("B1: a task for a person may do what both the agent and the person may", () => {
  it("grants what policy permits to both, without what it forbids the person", async () => {
    const service = serve();
    const { status, body } = await service.exchangeFor(service.world.personToken(), NORTH);
    expect([status, body]).toMatchObject([200, { sub: "staff|pat", act: { sub: "demo" } }]);
    const [policy = ""] = service.world.ports.sessions.asked.map((each) => each.policy);
    expect(policy).toContain("reports/north/*");
    expect(JSON.parse(policy).Statement).toContainEqual(
      expect.objectContaining({
        Effect: "Deny",
        Resource: expect.arrayContaining(["arn:aws:s3:::acme-data/reports/north/closed/*"]),
      }),
    );
  });

  it.each([
    [
      "what the agent may and the person may not",
      reads("reports/west/*"),
      "For the person it acts for: No policy permits it.",
    ],
    ["what the person may and the agent may not", reads("private/*"), "No policy permits it."],
    [
      "what policy forbids the person",
      reads("reports/north/closed/a"),
      "For the person it acts for: A policy forbids it.",
    ],
  ])("denies %s", async (_, asked, reason) => {
    const service = serve();
    const { status, body } = await service.exchangeFor(service.world.personToken(), asked);
    expect([status, body.code, body.denials?.[0]?.reason]).toEqual([403, "policy_denied", reason]);
  });

  it("decides for each person by their own groups and id", async () => {
    const service = serve();
    const ask = (claims: object, asked: object) =>
      service.exchangeFor(service.world.personToken({ ...claims }), { ...asked });
    expect((await ask({}, reads("reports/south/*"))).status).toBe(200);
    expect((await ask({ sub: "kim" }, reads("reports/south/*"))).status).toBe(403);
    expect((await ask({ sub: "kim" }, NORTH)).status).toBe(200);
    expect((await ask({ sub: "kim", groups: [] }, NORTH)).status).toBe(403);
  });

  it("grants nothing where no policy permits people anything", async () => {
    const agentsAlone = policiesWith(
      `@id("agents") permit (principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource);`,
    );
    const service = serve(agentsAlone);
    expect((await service.exchangeFor(service.world.personToken(), NORTH)).status).toBe(403);
    expect((await service.exchange(NORTH)).status).toBe(200);
  });

  it("grants of a narrow request the part that both may", async () => {
    const service = serve();
    const { status, body } = await service.exchangeFor(service.world.personToken({ sub: "kim" }), {
      ...reads("reports/*"),
      mode: "narrow",
    });
    expect([status, body.authorization_details]).toMatchObject([
      200,
      [{ resources: ["arn:aws:s3:::acme-data/reports/north/*"] }],
    ]);
  });

  it("lets policies read who acts for whom, on both sides", async () => {
    const both = policiesWith(`
@id("agents") permit (principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource)
when { context has onBehalfOf && context.onBehalfOf.person == "pat" && context.onBehalfOf.groups.contains("staff|support") };
@id("people") permit (principal is User, action == Action::"s3:GetObject", resource is AWS::Resource)
when { context has actor && context.actor.agent == "demo" && context.actor.team == "demo" };`);
    const service = serve(both);
    const ask = (claims: object) => service.exchangeFor(service.world.personToken({ ...claims }), NORTH);
    expect((await ask({})).status).toBe(200);
    expect((await ask({ sub: "kim" })).status).toBe(403);
    expect((await ask({ groups: [] })).status).toBe(403);
    expect((await service.exchange(NORTH)).status).toBe(403);
  });

  it("keeps the obligations of either side", async () => {
    const bounded = policiesWith(`
@id("agents") permit (principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource);
@id("people") @maxTtl("1m") permit (principal is User, action == Action::"s3:GetObject", resource is AWS::Resource);`);
    const service = serve(bounded);
    const { body } = await service.exchangeFor(service.world.personToken(), NORTH);
    expect(Date.parse(body.task?.expires_at ?? "") / 1_000 - service.world.nowSeconds()).toBe(60);
  });

  it("decides a renewal and a sub-agent's task for the person too", async () => {
    const service = serve();
    const { body } = await service.exchangeFor(service.world.personToken({ sub: "kim" }), NORTH);
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    service.world.pass(20);
    expect((await service.renew(held)).status).toBe(200);
    const delegation = await service.delegation(held);
    const below = await service.exchangeDelegation(delegation, NORTH);
    expect([below.status, below.body]).toMatchObject([
      200,
      { sub: "staff|kim", act: { sub: "helper", act: { sub: "demo" } } },
    ]);
    const tasks = [...service.world.ports.tasks.tasks.values()];
    expect(tasks.map(({ onBehalf }) => onBehalf?.value)).toEqual(["kim", "kim"]);
  });

  it("ends at the latest an hour after the person's token was issued", async () => {
    const service = serve();
    const token = service.world.personToken({ exp: service.world.nowSeconds() + 1_800 });
    service.world.pass(600);
    const { body } = await service.exchangeFor(token, { ...NORTH, task_ttl: "43200" });
    expect(Date.parse(body.task?.expires_at ?? "") / 1_000 - service.world.nowSeconds()).toBe(3_000);
  });

  it("is one request for each person: nobody's is repeated for somebody else", async () => {
    const service = serve();
    const ask = (sub: string) =>
      service.exchangeFor(service.world.personToken({ sub }), { ...NORTH, idempotency_key: "one" });
    const [pat, again, kim] = [await ask("pat"), await ask("pat"), await ask("kim")];
    expect([again.body.task?.id === pat.body.task?.id, kim.body.task?.id === pat.body.task?.id]).toEqual([true, false]);
  });

  it("records the person by issuer and id, and no claim besides", async () => {
    const service = serve();
    await service.exchangeFor(service.world.personToken({ email: "pat@acme.test", name: "Pat Doe" }), NORTH);
    const { events, tasks } = service.world.ports.tasks;
    expect(events[0]?.facts).toMatchObject({ agent: "demo", on_behalf_of: "staff|pat" });
    expect(JSON.stringify([events, [...tasks.values()], service.world.lines])).not.toMatch(/acme\.test|Pat Doe/);
  });
});

describe("B2, B3: a person is told by a fresh token of their own, which names the agent", () => {
  const person = (claims: Readonly<Record<string, unknown>>) => (service: FakeService) =>
    service.exchangeFor(service.world.personToken(claims), NORTH);

  it.each<[string, (service: FakeService) => Promise<{ status: number; body: { code?: unknown } }>, string]>([
    ["may_act is missing", person({ may_act: undefined }), "actor_not_allowed"],
    [
      "may_act names another agent (rogue actor, keycloak#50690)",
      person({ may_act: robots("agent:other") }),
      "actor_not_allowed",
    ],
    [
      "may_act names an agent of another issuer",
      person({ may_act: { iss: "https://mesh.test", sub: "agent:demo" } }),
      "actor_not_allowed",
    ],
    [
      "may_act names no issuer, which is then the person's own",
      person({ may_act: { sub: "agent:demo" } }),
      "actor_not_allowed",
    ],
    ["may_act is empty, which would name everybody", person({ may_act: {} }), "actor_not_allowed"],
    ["may_act has an empty subject", person({ may_act: robots("") }), "actor_not_allowed"],
    [
      "may_act has a member that nobody here keeps",
      person({ may_act: { ...robots("agent:demo"), scope: "less" } }),
      "actor_not_allowed",
    ],
    ["may_act is a text", person({ may_act: "agent:demo" }), "actor_not_allowed"],
    ["may_act is a list", person({ may_act: [robots("agent:demo")] }), "actor_not_allowed"],
    ["may_act is null", person({ may_act: null }), "actor_not_allowed"],
    [
      "somebody acts in the person's token already (nested act)",
      person({ act: { sub: "agent:other" } }),
      "token_claims",
    ],
    ["the token is for the operators' routes", person({ aud: `${URL_OF_HUB}/operate` }), "token_audience"],
    ["the token is for another service as well", person({ aud: [URL_OF_HUB, "https://else.test"] }), "token_audience"],
    [
      "the token is older than 15 minutes",
      (service) => {
        const token = service.world.personToken({ exp: service.world.nowSeconds() + 3_000 });
        service.world.pass(931);
        return service.exchangeFor(token, NORTH);
      },
      "token_expired",
    ],
    [
      "the person's token was used before",
      async (service) => {
        const token = service.world.personToken();
        await service.exchangeFor(token, NORTH);
        return service.exchangeFor(token, NORTH);
      },
      "token_replayed",
    ],
    [
      "the agent's token was used before",
      async (service) => {
        const actor = { actor_token: service.world.agentToken() };
        await service.exchangeFor(service.world.personToken(), { ...NORTH, ...actor });
        return service.exchangeFor(service.world.personToken(), { ...NORTH, ...actor });
      },
      "token_replayed",
    ],
    [
      "the subject is an agent",
      (service) => service.exchangeFor(service.world.agentToken(), NORTH),
      "delegation_unsupported",
    ],
    [
      "the actor is a person",
      (service) =>
        service.exchangeFor(service.world.personToken(), { ...NORTH, actor_token: service.world.personToken() }),
      "issuer_kind",
    ],
    [
      "the actor's token has an actor of its own",
      (service) =>
        service.exchangeFor(service.world.personToken(), {
          ...NORTH,
          actor_token: service.world.agentToken({ act: { sub: "x" } }),
        }),
      "token_claims",
    ],
    [
      "an actor is smuggled into an agent's own token",
      (service) =>
        service.exchange({ ...NORTH, subject_token: service.world.agentToken({ act: { sub: "staff|pat" } }) }),
      "token_claims",
    ],
    [
      "an agent's own token says who may act",
      (service) => service.exchange({ ...NORTH, subject_token: service.world.agentToken({ may_act: { sub: "x" } }) }),
      "token_claims",
    ],
    [
      "a person asks without an agent",
      (service) => service.exchange({ ...NORTH, subject_token: service.world.personToken() }),
      "issuer_kind",
    ],
    ["the token does not list the person's groups", person({ groups: undefined }), "token_claims"],
    [
      "the signature is not the issuer's",
      (service) => service.exchangeFor(`${service.world.personToken().slice(0, -8)}AAAAAAAA`, NORTH),
      "token_signature",
    ],
  ])("refuses where %s", async (_, ask, code) => {
    const service = serve();
    const { status, body } = await ask(service);
    expect([status, body.code]).toEqual([400, code]);
  });

  it.each([
    [undefined, "The person's token has no claim may_act."],
    ["agent:demo", "The claim may_act must be an object."],
    [[robots("agent:demo")], "The claim may_act must be an object."],
    [{ ...robots("agent:demo"), aud: "x" }, "The claim may_act may have the members iss and sub, and no other."],
    [robots(""), "The claim may_act must name its actor by sub, and by iss where it is of another issuer."],
    [robots("agent:other"), "The claim may_act names another actor."],
  ])("says what is wrong with a may_act of %j", async (mayAct, sentence) => {
    const service = serve();
    const { body } = await service.exchangeFor(service.world.personToken({ may_act: mayAct }), NORTH);
    expect(body.error_description).toContain(sentence);
  });

  it("takes no person of an issuer that is not opened for it", async () => {
    const issuers = DEPLOYMENT.issuers.map(({ onBehalf: _, ...issuer }) => issuer);
    const service = new FakeService(fakeWorld({ policies: POLICIES, deployment: { ...DEPLOYMENT, issuers } }));
    const { status, body } = await service.exchangeFor(service.world.personToken(), NORTH);
    expect([status, body.code]).toEqual([400, "issuer_kind"]);
  });

  it("takes the person from the token's own person claim", async () => {
    const issuers = DEPLOYMENT.issuers.map((issuer) =>
      issuer.name === "staff" ? { ...issuer, person: "oid" } : issuer,
    );
    const service = new FakeService(fakeWorld({ policies: POLICIES, deployment: { ...DEPLOYMENT, issuers } }));
    const ask = (claims: object) => service.exchangeFor(service.world.personToken({ ...claims }), NORTH);
    expect((await ask({})).body.code).toBe("token_claims");
    expect((await ask({ oid: "u-1" })).body).toMatchObject({ sub: "staff|u-1" });
  });

  it("looks at no person's token before the agent is known", async () => {
    const service = serve();
    let verified = 0;
    service.world.ports.tokens.before = () => {
      verified += 1;
    };
    const { body } = await service.exchangeFor(service.world.personToken(), {
      ...NORTH,
      actor_token: service.world.agentToken({ sub: "agent:nobody" }),
    });
    expect([body.code, verified]).toEqual(["agent_unknown", 1]);
  });
});
