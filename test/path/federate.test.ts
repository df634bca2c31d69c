import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { GRANT_TYPES, TOKEN_TYPES } from "../../contract/names.ts";
import { REFUSALS, type RefusalCode } from "../../contract/refusals.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeToken } from "../fakes/world/tokens.ts";
import { DEPLOYMENT, fakeWorld, formEvent, URL_OF_HUB } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { askingPeople } from "../openapi/recording/approvals.ts";

watchWorlds();

const RESOURCE = "https://tickets.acme.test/mcp";
const PAYROLL = { id: agentId("payroll"), resource: "https://payroll.acme.test/mcp" };
const TICKETS = { id: agentId("tickets"), resource: RESOURCE };
const SEARCH = [{ type: "tool", server: agentId("tickets"), tools: ["search"] }];

const serviceOf = (ports: Parameters<typeof fakeWorld>[0] = {}): FakeService => new FakeService(fakeWorld(ports));

/** Service, with a token for the tool server `tickets` that was got by an assertion. */
async function federated() {
  const service = serviceOf();
  const { status, body } = await service.federate();
  if (status !== 200 || !body.access_token) throw new Error(`no token: ${JSON.stringify(body)}`);
  const [path = ""] = service.world.ports.tasks.tasks.keys();
  return { service, token: body.access_token, path };
}

describe("POST /v1/token for a tool server by an assertion", () => {
  it("answers with a token for that server alone, which its introspection believes", async () => {
    const { service } = await federated();
    const { status, body } = await service.federate({ task_ttl: "300", purpose: "find a ticket" });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^vkp_/),
        token_type: "Bearer",
        expires_in: 300,
        scope: "search",
        authorization_details: SEARCH,
      },
    });
    expect(await service.introspect(body.access_token ?? "")).toMatchObject({
      body: { active: true, aud: "tickets", sub: "demo", scope: "search", purpose: "find a ticket" },
    });
  });

  it("I7: journals the opening with its server, and each refusal", async () => {
    const { service, path } = await federated();
    expect(service.world.ports.tasks.events.find(({ of }) => of === path)).toMatchObject({
      type: "task.opened",
      facts: { agent: agentId("demo"), server: agentId("tickets"), details: SEARCH, purpose: "tools of tickets" },
    });
    await service.federate({ scope: "search close" });
    expect(service.world.ports.tasks.events.at(-1)).toMatchObject({
      type: "task.refused",
      facts: { agent: agentId("demo"), code: "policy_denied" },
    });
  });

  it("opens a task that has no task token: its token is no master key", async () => {
    const { service, token, path } = await federated();
    expect(service.world.ports.tasks.tasks.get(path as never)).toMatchObject({ tokens: [], confirmed: true });
    expect(await service.readTask({ id: path, token })).toMatchObject({ status: 401 });
    expect(await service.complete({ id: path, token })).toMatchObject({ status: 401 });
    expect(await service.present(token)).toMatchObject({ status: 400, body: { code: "subject_token_unknown" } });
    expect(await service.delegate(token)).toMatchObject({ status: 400, body: { code: "subject_token_unknown" } });
    const guessed = token.replace("vkp_", "vk_");
    expect(await service.present(guessed)).toMatchObject({ status: 400, body: { code: "subject_token_unknown" } });
    expect(await service.federate({ assertion: token })).toMatchObject({ body: { error: "invalid_grant" } });
    expect(await service.exchange({ subject_token: token })).toMatchObject({ body: { code: "token_malformed" } });
  });

  it("I5: ends the task where its token is revoked", async () => {
    const { service, token, path } = await federated();
    expect(await service.revoke(token)).toMatchObject({ status: 200 });
    expect(service.world.ports.tasks.tasks.get(path as never)).toMatchObject({ status: "revoked" });
    expect(await service.introspect(token)).toMatchObject({ body: { active: false } });
  });

  const deployed = { ...DEPLOYMENT, toolServers: [TICKETS, PAYROLL] };
  const refused: readonly (readonly [string, Readonly<Record<string, string | undefined>>, string, string])[] = [
    ["no assertion", { assertion: undefined }, "invalid_request", "malformed_request"],
    ["no resource", { resource: undefined }, "invalid_target", "target_unknown"],
    ["an unknown resource", { resource: "https://evil.test/mcp" }, "invalid_target", "target_unknown"],
    ["a server's id for its address", { resource: "tickets" }, "invalid_target", "target_unknown"],
    ["a resource with a fragment", { resource: `${RESOURCE}#a` }, "invalid_target", "target_unknown"],
    ["a resource with a user", { resource: "https://a@tickets.acme.test/mcp" }, "invalid_target", "target_unknown"],
    ["no scope", { scope: undefined }, "invalid_scope", "scope_invalid"],
    ["a wildcard", { scope: "*" }, "invalid_scope", "scope_invalid"],
    ["a scope of 51 tools", { scope: tools(51) }, "invalid_scope", "scope_invalid"],
    ["a tool that policy does not permit", { scope: "search close" }, "invalid_scope", "scope_denied"],
    ["a server that policy does not permit", { resource: PAYROLL.resource }, "invalid_scope", "scope_denied"],
    ["a person for whom it would act", { actor_token: "x" }, "invalid_request", "malformed_request"],
    ["a subject token", { subject_token: "x" }, "invalid_request", "malformed_request"],
    ["an intent beside the scope", { authorization_details: "[]" }, "invalid_request", "malformed_request"],
    ["a wanted type", { requested_token_type: TOKEN_TYPES.task }, "invalid_request", "malformed_request"],
    ["a purpose that hides text", { purpose: "a\u202eb" }, "invalid_request", "malformed_request"],
  ];
  it.each(refused)("refuses %s", async (_, changed, error, code) => {
    const service = serviceOf({ deployment: deployed });
    expect(await service.federate(changed)).toMatchObject({ status: 400, body: { error, code } });
    expect(service.world.ports.tasks.tasks.size).toBe(0);
  });

  const assertions: readonly (readonly [string, (service: FakeService) => string, RefusalCode])[] = [
    ["of a person", ({ world }) => world.personToken(), "issuer_kind"],
    ["of an operator", ({ world }) => world.operatorToken(), "issuer_kind"],
    ["of a tool server for introspection", (service) => service.serverToken(), "token_audience"],
    ["of a stranger", ({ world }) => world.agentToken({ sub: "agent:nobody" }), "agent_unknown"],
    ["of an unknown issuer", ({ world }) => world.agentToken({ iss: "https://evil.test" }), "issuer_unknown"],
    ["with a second audience", ({ world }) => world.agentToken({ aud: [URL_OF_HUB, RESOURCE] }), "token_audience"],
    ["for the tool server", ({ world }) => world.agentToken({ aud: RESOURCE }), "token_audience"],
    ["that has expired", ({ world }) => world.agentToken({ exp: world.nowSeconds() - 600 }), "token_expired"],
    ["that acts for somebody", ({ world }) => world.agentToken({ act: { sub: "x" } }), "token_claims"],
    [
      "of another kind by its typ",
      ({ world }) => fakeToken(claimsOf(world.agentToken()), "oauth-id-jag+jwt"),
      "token_signature",
    ],
    ["that is no token", () => fakeToken({}).slice(0, 9), "token_malformed"],
  ];
  it.each(assertions)("I1: answers invalid_grant to an assertion %s", async (_, assertion, code) => {
    const service = serviceOf();
    const says = expect.stringContaining(REFUSALS[code][2].slice(0, 20));
    const answer = await service.federate({ assertion: assertion(service) });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: "invalid_grant", code: "assertion_refused", error_description: says },
    });
    expect(service.world.ports.tasks.tasks.size).toBe(0);
  });

  it("refuses what people have to approve, and names the way to request it", async () => {
    const deployment = { ...askingPeople().deployment, toolServers: [TICKETS] };
    const service = serviceOf({ ...askingPeople(), deployment });
    const { status, body } = await service.federate();
    expect({ status, body }).toMatchObject({ status: 400, body: { error: "invalid_scope", code: "scope_denied" } });
    expect(body.denials).toEqual([
      expect.objectContaining({ target: "tickets", hint: expect.stringContaining("token exchange (RFC 8693)") }),
    ]);
    expect(service.world.ports.tasks.tasks.size).toBe(0);
  });

  it("is not offered where no tool server is configured", async () => {
    const { toolServers: _, ...without } = DEPLOYMENT;
    const service = serviceOf({ deployment: without });
    expect(await service.federate()).toMatchObject({ status: 400, body: { error: "unsupported_grant_type" } });
  });

  it("takes two spellings of one address", async () => {
    const deployment = { ...DEPLOYMENT, toolServers: [{ ...TICKETS, resource: "https://tickets.acme.test" }] };
    const service = serviceOf({ deployment });
    for (const resource of ["https://tickets.acme.test", "https://TICKETS.acme.test/", "https://tickets.acme.test:443"])
      expect(await service.federate({ resource })).toMatchObject({ status: 200 });
  });
});

describe("one record of used tokens for all grants", () => {
  it("refuses an assertion that has started a task, and a subject token that was an assertion", async () => {
    const service = serviceOf();
    const [first, second] = [service.world.agentToken(), service.world.agentToken()];
    expect(await service.exchange({ subject_token: first })).toMatchObject({ status: 200 });
    const replayed = {
      status: 400,
      body: { error: "invalid_grant", error_description: expect.stringContaining("used before") },
    };
    expect(await service.federate({ assertion: first })).toMatchObject(replayed);
    expect(await service.federate({ assertion: second })).toMatchObject({ status: 200 });
    expect(await service.federate({ assertion: second, scope: "read" })).toMatchObject({ status: 400 });
    expect(await service.exchange({ subject_token: second })).toMatchObject({ body: { code: "token_replayed" } });
  });

  it("gives one of fifty at once, of both grants, one thing", async () => {
    const service = serviceOf();
    const token = service.world.agentToken();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        n % 2 === 0 ? service.federate({ assertion: token }) : service.exchange({ subject_token: token }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(service.world.ports.tasks.tasks.size).toBe(1);
  });
});

describe("the metadata of a deployment with tool servers", () => {
  it("names the grant and the servers", async () => {
    const { body } = await serviceOf().send(formEvent({}, "GET /.well-known/oauth-authorization-server"));
    expect(body).toMatchObject({
      grant_types_supported: [GRANT_TYPES.exchange, GRANT_TYPES.assertion],
      protected_resources: [RESOURCE],
      response_types_supported: [],
    });
  });
});

/** Claims of a token. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

function tools(count: number): string {
  return Array.from({ length: count }, (_, n) => `tool-${n}`).join(" ");
}
