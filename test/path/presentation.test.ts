import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { fakeWorld, httpEvent, URL_OF_HUB } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const tool = (server: string) => ({ type: "tool", server, tools: ["search"] });
const reports = {
  type: "aws",
  account: "111122223333",
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/a"],
};

/** A service with a task that may call a tool of `tickets`, and a presentation token for it. */
async function presented(): Promise<{ service: FakeService; held: Held; token: string }> {
  const service = new FakeService(fakeWorld());
  const held = await service.start({ authorization_details: JSON.stringify([reports, tool("tickets")]) });
  const { status, body } = await service.present(held.token);
  if (status !== 200 || !body.access_token) throw new Error(`not presented: ${JSON.stringify(body)}`);
  return { service, held, token: body.access_token };
}

describe("POST /v1/token for a presentation token", () => {
  it("is answered with what the server will learn, and recorded", async () => {
    const { service, held } = await presented();
    service.world.pass(100);
    const { body } = await service.present(held.token);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^vkp_/),
      issued_token_type: "urn:valetkey:token-type:presentation",
      token_type: "Bearer",
      expires_in: 800,
      authorization_details: [tool("tickets")],
    });
    expect(service.world.ports.tasks.events.at(-1)).toMatchObject({
      of: held.id,
      type: "presentation.issued",
      facts: { agent: "demo", server: "tickets" },
    });
  });

  const rows: readonly (readonly [string, Readonly<Record<string, string | undefined>>, number, string])[] = [
    ["a server that the task was granted no tool of", { audience: "payroll" }, 403, "policy_denied"],
    ["no server", { audience: undefined }, 400, "malformed_request"],
    ["a server by another spelling of its id", { audience: "Tickets" }, 400, "malformed_request"],
    ["no token", { subject_token: undefined }, 400, "malformed_request"],
    [
      "a token of another kind",
      { subject_token_type: "urn:ietf:params:oauth:token-type:jwt" },
      400,
      "unsupported_token_type",
    ],
    ["a token that is none of ours", { subject_token: "abc" }, 400, "subject_token_unknown"],
    [
      "a token of the right form that was never issued",
      { subject_token: `vk_k7f3m2q9x4ab._${"A".repeat(43)}` },
      400,
      "subject_token_unknown",
    ],
  ];
  it.each(rows)("%s is refused", async (_, changed, status, code) => {
    const { service, held } = await presented();
    expect(await service.present(held.token, changed)).toMatchObject({ status, body: { code } });
  });

  it("is refused after the task's end and past its deadline", async () => {
    const { service, held } = await presented();
    service.world.pass(900);
    expect(await service.present(held.token)).toMatchObject({ status: 403, body: { code: "task_ended" } });
    const other = await presented();
    await other.service.complete(other.held);
    expect(await other.service.present(other.held.token)).toMatchObject({ status: 403, body: { code: "task_ended" } });
  });

  it("is refused where the task has ten already, until one is revoked", async () => {
    const { service, held, token } = await presented();
    for (let count = 1; count < 10; count += 1)
      expect(await service.present(held.token)).toMatchObject({ status: 200 });
    expect(await service.present(held.token)).toMatchObject({ status: 429, body: { code: "too_many_tokens" } });
    await service.revoke(token);
    expect(await service.present(held.token)).toMatchObject({ status: 200 });
  });
});

describe("a presentation token is good for introspection by its server and for nothing else", () => {
  const uses: readonly (readonly [string, (service: FakeService, stolen: Held) => Promise<unknown>, number])[] = [
    ["reading the task", (service, stolen) => service.readTask(stolen), 401],
    ["renewing credentials", (service, stolen) => service.renew(stolen), 401],
    ["completing the task", (service, stolen) => service.complete(stolen), 401],
    ["requesting another presentation token", (service, stolen) => service.present(stolen.token), 400],
    ["starting a task", (service, stolen) => service.exchange({ subject_token: stolen.token }), 400],
    ["operating", (service, stolen) => service.operate("GET /v1/agents", { token: stolen.token }), 401],
    ["authenticating a server", (service, stolen) => service.introspect("x", { client_assertion: stolen.token }), 401],
  ];
  it.each(uses)("not %s", async (_, use, status) => {
    const { service, held, token } = await presented();
    expect(await use(service, { id: held.id, token })).toMatchObject({ status });
    expect(await service.readTask(held)).toMatchObject({ body: { status: "active" } });
  });

  it("revoking it ends it alone, and not the task", async () => {
    const { service, held, token } = await presented();
    expect(await service.revoke(token)).toMatchObject({ status: 200 });
    expect((await service.introspect(token)).body).toEqual({ active: false });
    expect(await service.readTask(held)).toMatchObject({ body: { status: "active" } });
    expect(service.world.ports.tasks.events.at(-1)).toMatchObject({
      type: "presentation.revoked",
      facts: { agent: "demo", server: "tickets" },
    });
  });
});

describe("POST /v1/introspect", () => {
  it("shows the tool server who acts, for what, and which of its tools were granted: nothing of anybody else's", async () => {
    const { service, held, token } = await presented();
    const { status, body } = await service.introspect(token);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        active: true,
        iss: URL_OF_HUB,
        aud: "tickets",
        sub: "demo",
        client_id: "demo",
        token_type: "Bearer",
        iat: service.world.nowSeconds(),
        exp: service.world.nowSeconds() + 900,
        task: held.id,
        purpose: "summarise the weekly report",
        scope: "search",
        authorization_details: [tool("tickets")],
      },
    });
  });

  it("takes the server's token as Bearer too, and any number of requests with one", async () => {
    const { service, token } = await presented();
    const event = httpEvent("POST /v1/introspect", {
      headers: {
        authorization: `Bearer ${service.serverToken()}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ token }).toString(),
    });
    for (let count = 0; count < 3; count += 1) expect((await service.send(event)).body.active).toBe(true);
  });

  const inactive: readonly (readonly [string, (given: Awaited<ReturnType<typeof presented>>) => Promise<string>])[] = [
    ["the task token: a server must never hold it", async ({ held }) => held.token],
    ["something that is no token", async () => "abc"],
    ["a token that was never issued", async () => `vkp_k7f3m2q9x4ab._${"A".repeat(43)}`],
    ["a token of this task with another secret", async ({ held }) => `vkp_${held.id}_${"A".repeat(43)}`],
    [
      "a revoked token",
      async ({ service, token }) => {
        await service.revoke(token);
        return token;
      },
    ],
    [
      "a token of a completed task",
      async ({ service, held, token }) => {
        await service.complete(held);
        return token;
      },
    ],
    [
      "a token of a revoked task",
      async ({ service, held, token }) => {
        await service.revoke(held.token);
        return token;
      },
    ],
    [
      "a token of a suspended agent's task",
      async ({ service, token }) => {
        await service.suspend();
        return token;
      },
    ],
    [
      "a token of a suspended agent's task that could not be ended yet",
      async ({ service, token }) => {
        service.world.ports.tasks.before = (method) => {
          if (method === "end") throw new Refusal("store_unavailable");
        };
        await service.suspend();
        return token;
      },
    ],
    [
      "a token past its task's deadline",
      async ({ service, token }) => {
        service.world.pass(900);
        return token;
      },
    ],
  ];
  it.each(inactive)("%s is inactive, with no more detail", async (_, prepare) => {
    const given = await presented();
    const { status, body } = await given.service.introspect(await prepare(given));
    expect({ status, body }).toEqual({ status: 200, body: { active: false } });
  });

  it("another server's question about the token is answered as if there were none", async () => {
    const { service, token } = await presented();
    service.world.addAgent({ id: "payroll" });
    const { status, body } = await service.introspect(token, {
      client_assertion: service.serverToken({ sub: "agent:payroll" }),
    });
    expect({ status, body }).toEqual({ status: 200, body: { active: false } });
  });

  const strangers: readonly (readonly [
    string,
    (service: FakeService) => Readonly<Record<string, string | undefined>>,
    number,
  ])[] = [
    ["nobody", () => ({ client_assertion: undefined }), 401],
    ["somebody whom no binding matches", (s) => ({ client_assertion: s.serverToken({ sub: "agent:nobody" }) }), 401],
    ["a token for another audience", (s) => ({ client_assertion: s.serverToken({ aud: URL_OF_HUB }) }), 401],
    ["a person", (s) => ({ client_assertion: s.world.operatorToken({ aud: `${URL_OF_HUB}/introspect` }) }), 401],
    ["an assertion of another type", () => ({ client_assertion_type: "urn:x" }), 400],
  ];
  it.each(strangers)("%s learns nothing, not even whether the token is alive", async (_, changed, status) => {
    const { service, token } = await presented();
    const events = service.world.ports.tasks.events.length;
    const answer = await service.introspect(token, changed(service));
    expect(answer).toMatchObject({ status });
    expect(answer.body).not.toHaveProperty("active");
    expect(service.world.ports.tasks.events).toHaveLength(events);
  });

  it("a suspended tool server learns nothing", async () => {
    const { service, token } = await presented();
    service.world.addAgent({ id: "tickets", status: "suspended" });
    expect(await service.introspect(token)).toMatchObject({ status: 401, body: { code: "client_unauthenticated" } });
  });

  it("is named in the log as a server, and not as an operator", async () => {
    const { service, token } = await presented();
    await service.introspect(token);
    expect(service.world.lines.at(-1)).toMatchObject({ route: "POST /v1/introspect", server: "tickets" });
    expect(service.world.lines.at(-1)?.operator).toBeUndefined();
  });

  it("a server whose token two agents are bound to is refused loudly: a person has to mend that", async () => {
    const { service, token } = await presented();
    service.world.addAgent({ id: "tickets-twin", bindings: [{ issuer: "robots", claims: { sub: "agent:tickets" } }] });
    expect(await service.introspect(token)).toMatchObject({ status: 400, body: { code: "agent_ambiguous" } });
    expect(service.world.lines.at(-1)).toMatchObject({ level: "error", event: "refused", code: "agent_ambiguous" });
  });

  it("a server that authenticates in two ways is refused (RFC 6749, section 2.3)", async () => {
    const { service, token } = await presented();
    const event = httpEvent("POST /v1/introspect", {
      headers: {
        authorization: `Bearer ${service.serverToken()}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ token, client_assertion: service.serverToken() }).toString(),
    });
    expect(await service.send(event)).toMatchObject({ status: 400, body: { code: "malformed_request" } });
  });
});
