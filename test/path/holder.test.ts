import { describe, expect, it } from "vitest";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { fakeWorld, formEvent, httpEvent } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const serve = () => new FakeService(fakeWorld());
const LONG = { task_ttl: "7200" };
const TOOLS = '[{"type":"tool","server":"tickets","tools":["search"]}]';
const types = ({ world }: FakeService): readonly string[] => world.ports.tasks.events.map(({ type }) => type);

describe("GET /v1/tasks/{task}/credentials/{lease}", () => {
  it("gives fresh credentials under a new fence, in the form that the AWS SDKs read", async () => {
    const service = serve();
    const held = await service.start(LONG);
    service.world.pass(600);
    const { status, body } = await service.renew(held);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        AccessKeyId: "ASIAFAKE000000000002",
        SecretAccessKey: expect.any(String),
        Token: "canary-session-token-2",
        Expiration: "2026-11-24T12:25:00Z",
        AccountId: "111122223333",
      },
    });
    expect(service.world.ports.tasks.tasks.get(held.id)?.leases).toMatchObject([
      { name: "aws-0", state: "issued", accessKeyId: "ASIAFAKE000000000002" },
    ]);
    expect(service.world.ports.tasks.events.at(-1)).toMatchObject({
      type: "lease.renewed",
      facts: {
        agent: "demo",
        policies: ["demo-reads-reports"],
        lease: { name: "aws-0", replaces_access_key_id: "ASIAFAKE000000000001" },
      },
    });
  });

  it("takes the token as Bearer and verbatim, as SDKs send it", async () => {
    const service = serve();
    const held = await service.start();
    expect(await service.renew(held)).toMatchObject({ status: 200 });
    expect(await service.renew({ ...held, token: `Bearer ${held.token}` })).toMatchObject({ status: 200 });
  });

  it("repeated at once it returns the same, without a call to STS", async () => {
    const service = serve();
    const held = await service.start();
    const { body } = await service.renew(held);
    expect(body.AccessKeyId).toBe("ASIAFAKE000000000001");
    expect(service.world.ports.sessions.asked).toHaveLength(1);
    expect(types(service)).toEqual(["task.opened"]);
  });

  it("ends with the deadline: the last fence is the task's own (I4)", async () => {
    const service = serve();
    const held = await service.start({ task_ttl: "1000" });
    service.world.pass(990);
    expect((await service.renew(held)).body.Expiration).toBe("2026-11-24T12:16:40Z");
    service.world.pass(10);
    expect(await service.renew(held)).toMatchObject({ status: 403, body: { code: "task_ended" } });
  });

  it("decides every time anew, on what the opening was decided on (I1)", async () => {
    const service = serve();
    const held = await service.start(LONG);
    service.world.pass(60);
    service.world.addAgent({ id: "demo", team: "other" });
    const { status, body } = await service.renew(held);
    expect({ status, code: body.code }).toEqual({ status: 403, code: "policy_denied" });
    expect(types(service)).toEqual(["task.opened", "task.refused"]);
  });

  const gone: readonly (readonly [string, (service: FakeService, held: Held) => unknown, string])[] = [
    ["completed", (service, held) => service.complete(held), "task_ended"],
    ["revoked by its holder", (service, held) => service.revoke(held.token), "task_ended"],
    ["ended by an operator", (service, held) => service.endTask(held.id), "task_ended"],
    ["ended with its agent's suspension", (service) => service.suspend(), "task_ended"],
    ["past its deadline", (service) => service.world.pass(7_200), "task_ended"],
    ["of an agent that is not there", (service) => service.world.ports.agents.agents.delete("demo"), "agent_inactive"],
    [
      "of an agent past its end",
      (service) => service.world.addAgent({ id: "demo", endsAt: service.world.nowSeconds() }),
      "agent_inactive",
    ],
  ];
  it.each(gone)("a task that is %s gets nothing, not even what was given a moment ago (I5)", async (_, end, code) => {
    const service = serve();
    const held = await service.start(LONG);
    await end(service, held);
    const { status, body } = await service.renew(held);
    expect({ status, code: body.code }).toEqual({ status: 403, code });
    expect(body).not.toHaveProperty("SecretAccessKey");
    // Nothing is begun either: STS gets no request, and the record has no renewal.
    expect(service.world.ports.sessions.asked).toHaveLength(1);
    expect(types(service)).not.toContain("lease.renewed");
  });
});

describe("only who holds the task's token is its holder", () => {
  const wrong: readonly (readonly [string, (held: Held, other: Held) => string | undefined])[] = [
    ["no token", () => undefined],
    ["an empty one", () => ""],
    ["another task's", (_, other) => other.token],
    ["one with another secret", (held) => `vk_${held.id}_${"A".repeat(43)}`],
    ["one with a second spelling", (held) => respelled(held.token)],
    ["one in capitals", (held) => held.token.toUpperCase()],
    ["one in Basic authentication", (held) => `Basic ${Buffer.from(held.token).toString("base64")}`],
    ["two", (held, other) => `Bearer ${held.token}, Bearer ${other.token}`],
    ["one of 20 KiB", (held) => `${held.token}${"x".repeat(20_000)}`],
    ["an agent's OIDC token", () => new FakeService(fakeWorld()).world.agentToken()],
  ];
  const routes = ["GET /v1/tasks/{task}", "GET /v1/tasks/{task}/credentials/{lease}", "POST /v1/tasks/{task}/complete"];

  it.each(wrong)("%s is answered with 401, whatever the request, and nothing is written", async (_, tokenOf) => {
    const service = serve();
    const [held, other] = [await service.start(), await service.start()];
    const before = service.world.ports.tasks.events.length;
    const authorization = tokenOf(held, other);
    for (const route of routes) {
      const answer = await service.send(
        httpEvent(route, {
          headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) },
          pathParameters: { task: held.id, lease: "aws-0" },
          body: '{"outcome":"success"}',
        }),
      );
      expect(answer, route).toMatchObject({ status: 401, body: { code: "task_token_invalid" } });
    }
    expect(service.world.ports.tasks.events).toHaveLength(before);
    expect(service.world.ports.tasks.tasks.get(held.id)?.status).toBe("active");
  });

  it.each(["", ".", "k7f3m2q9x4ab", "%00", "../../agents", "k7f3m2q9x4ab.".repeat(500)])(
    "the address %j is nobody's task",
    async (id) => {
      const service = serve();
      const { token } = await service.start();
      expect(await service.readTask({ id, token })).toMatchObject({ status: 401 });
    },
  );
});

describe("GET /v1/tasks/{task}", () => {
  it("shows the task's current state", async () => {
    const service = serve();
    const held = await service.start();
    expect((await service.readTask(held)).body).toMatchObject({
      id: held.id,
      agent: "demo",
      purpose: "summarise the weekly report",
      status: "active",
      opened_at: "2026-11-24T12:00:00Z",
      expires_at: "2026-11-24T12:15:00Z",
      leases: [{ name: "aws-0", state: "issued", access_key_id: "ASIAFAKE000000000001" }],
    });
  });
});

describe("POST /v1/tasks/{task}/complete", () => {
  it("ends the task with its outcome, and the event names what has to be revoked", async () => {
    const service = serve();
    const held = await service.start();
    service.world.pass(30);
    const { status, body } = await service.complete(held, { outcome: "failure", detail: "no such report" });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        status: "completed",
        ended_at: "2026-11-24T12:00:30Z",
        outcome: { result: "failure", detail: "no such report" },
      },
    });
    expect(service.world.ports.tasks.events.at(-1)).toMatchObject({
      of: held.id,
      type: "task.ended",
      facts: {
        by: "demo",
        status: "completed",
        result: "failure",
        detail: "no such report",
        leases: [{ name: "aws-0", account: "111122223333", access_key_id: "ASIAFAKE000000000001" }],
      },
    });
    expect(service.world.ports.tasks.live.get("demo")?.size).toBe(0);
  });

  it("a second time changes nothing", async () => {
    const service = serve();
    const held = await service.start();
    await service.complete(held);
    const { body } = await service.complete(held, { outcome: "failure" });
    expect(body.outcome).toEqual({ result: "success" });
    expect(types(service)).toEqual(["task.opened", "task.ended"]);
  });

  it("is not turned away by a change at the same moment", async () => {
    const service = serve();
    const held = await service.start({ ...LONG, authorization_details: TOOLS });
    let isFirst = true;
    service.world.ports.tasks.before = async (method) => {
      if (method !== "end" || !isFirst) return;
      isFirst = false;
      await service.present(held.token);
    };
    expect(await service.complete(held)).toMatchObject({ status: 200, body: { status: "completed" } });
    expect(types(service)).toEqual(["task.opened", "presentation.issued", "task.ended"]);
  });

  const bodies: readonly (readonly [string, unknown])[] = [
    ["no outcome", {}],
    ["an outcome that is neither", { outcome: "maybe" }],
    ["a list", ["success"]],
    ["null", null],
    ["an unexpected field", { outcome: "success", force: true }],
    ["a detail that is a number", { outcome: "success", detail: 7 }],
    ["a detail of 1025 characters", { outcome: "success", detail: "x".repeat(1_025) }],
    ["a detail that clears the screen", { outcome: "success", detail: "\u001b[2J" }],
    ["a detail with half a surrogate pair", { outcome: "success", detail: "\ud800" }],
  ];
  it.each(bodies)("%s is a 400 and does not end the task", async (_, body) => {
    const service = serve();
    const held = await service.start();
    expect(await service.complete(held, body)).toMatchObject({ status: 400, body: { code: "malformed_request" } });
    expect(await service.readTask(held)).toMatchObject({ body: { status: "active" } });
  });
});

describe("POST /v1/revoke (RFC 7009)", () => {
  it("ends the task of the token", async () => {
    const service = serve();
    const held = await service.start();
    expect(await service.revoke(held.token)).toMatchObject({ status: 200, body: {} });
    expect(await service.readTask(held)).toMatchObject({ body: { status: "revoked" } });
    expect(types(service)).toEqual(["task.opened", "task.ended"]);
  });

  it.each(["abc", `vk_k7f3m2q9x4ab._${"A".repeat(43)}`, `vkp_k7f3m2q9x4ab._${"A".repeat(43)}`])(
    "a token that is none of ours (%s) is answered with 200, and nothing happens",
    async (token) => {
      const service = serve();
      const held = await service.start();
      expect(await service.revoke(token)).toMatchObject({ status: 200 });
      expect(await service.revoke(`vk_${held.id}_${"A".repeat(43)}`)).toMatchObject({ status: 200 });
      expect(await service.readTask(held)).toMatchObject({ body: { status: "active" } });
    },
  );

  it("no token at all is a 400", async () => {
    expect(await serve().send(formEvent({}, "POST /v1/revoke"))).toMatchObject({
      status: 400,
      body: { error_description: expect.stringMatching(/parameter token is missing/) },
    });
  });
});

/** The last of 43 characters holds two unused bits: another character there is the same secret. */
function respelled(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(token.at(-1) ?? "");
  return `${token.slice(0, -1)}${alphabet[last ^ 1]}`;
}
