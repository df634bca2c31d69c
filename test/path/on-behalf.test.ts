import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import { DEPLOYMENT, policiesWith } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { NORTH, POLICIES, reads, serve } from "./acting-for-people.ts";

watchWorlds();

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
  ])("denies %s", async (_, request, reason) => {
    const service = serve();
    const { status, body } = await service.exchangeFor(service.world.personToken(), request);
    expect([status, body.code, body.denials?.[0]?.reason]).toEqual([403, "policy_denied", reason]);
  });

  it("decides for each person by their own groups and id", async () => {
    const service = serve();
    const ask = (claims: object, request: object) =>
      service.exchangeFor(service.world.personToken({ ...claims }), { ...request });
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

  it("enforces the obligations of either side", async () => {
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

  it("names the person by a pseudonym in the session's tag, at every issue, in accounts whose stack knows the tag", async () => {
    const tagsIn = async (accounts: typeof DEPLOYMENT.accounts) => {
      const service = serve(POLICIES, { ...DEPLOYMENT, accounts });
      const { body } = await service.exchangeFor(service.world.personToken(), NORTH);
      const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
      service.world.pass(20);
      expect((await service.renew(held)).status).toBe(200);
      expect((await service.exchangeDelegation(await service.delegation(held), NORTH)).status).toBe(200);
      expect((await service.exchange(NORTH)).status).toBe(200);
      return service.world.ports.sessions.asked.map(({ personTag }) => personTag);
    };
    const [opened, ...more] = await tagsIn(DEPLOYMENT.accounts);
    expect(opened).toMatch(/^[A-Z2-7]{16}$/);
    expect(more).toEqual([opened, opened, undefined]);
    const older = DEPLOYMENT.accounts.map(({ personTag: _, ...account }) => account);
    expect(await tagsIn(older)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("is issued nothing where the key of tags cannot be read", async () => {
    const service = serve();
    service.world.ports.personTags.tagOf = () => Promise.reject(new Refusal("store_unavailable"));
    const { status, body } = await service.exchangeFor(service.world.personToken(), NORTH);
    expect([status, body.credentials]).toEqual([503, undefined]);
    expect([...service.world.ports.tasks.tasks.values()].map((task) => task.status)).toEqual(["withdrawn"]);
    expect((await service.exchange(NORTH)).status).toBe(200);
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

  it("shows in the answer and at introspection who acts for whom (keycloak#50690, keycloak#53029)", async () => {
    const tools = 'action == Action::"tool:Call", resource is Tool';
    const service = serve(
      policiesWith(
        `@id("agents") permit (principal is Agent, ${tools}); @id("people") permit (principal is User, ${tools});`,
      ),
    );
    const { body } = await service.exchangeFor(service.world.personToken(), {
      authorization_details: JSON.stringify([{ type: "tool", server: "tickets", tools: ["search"] }]),
    });
    expect(body).toMatchObject({ sub: "staff|pat", act: { sub: "demo" } });
    const presented = await service.present(body.access_token ?? "");
    const introspected = await service.introspect(presented.body.access_token ?? "");
    expect(introspected.body).toMatchObject({ active: true, sub: "staff|pat", act: { sub: "demo" } });
  });

  it("records the person by issuer and id, and no claim besides", async () => {
    const service = serve();
    await service.exchangeFor(service.world.personToken({ email: "pat@acme.test", name: "Pat Doe" }), NORTH);
    const { events, tasks } = service.world.ports.tasks;
    expect(events[0]?.facts).toMatchObject({ agent: "demo", on_behalf_of: "staff|pat" });
    expect(JSON.stringify([events, [...tasks.values()], service.world.lines])).not.toMatch(/acme\.test|Pat Doe/);
  });
});
