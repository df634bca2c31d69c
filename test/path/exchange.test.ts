import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { isWholeChain } from "../../functions/core/journal/event.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, exchangeForm, fakeWorld, formEvent, READ_REPORTS, URL_OF_HUB } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const serve = () => new FakeService(fakeWorld());
const json = (...details: readonly object[]): string => JSON.stringify(details);
const tools = { type: "tool", server: "tickets", tools: ["search"] };
const [reports = {}] = READ_REPORTS;

describe("POST /v1/token", () => {
  it("gives an agent a task and a key for exactly its intent", async () => {
    const service = serve();
    const { status, headers, body } = await service.exchange();
    expect(status).toBe(200);
    expect(headers).toMatchObject({ "cache-control": "no-store", pragma: "no-cache" });
    expect(body).toEqual({
      access_token: expect.stringMatching(/^vk_[a-z0-9]{12}__[\w-]{43}$/),
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: 900,
      authorization_details: READ_REPORTS,
      task: { id: expect.stringMatching(/^[a-z0-9]{12}_$/), status: "active", expires_at: "2026-11-24T12:15:00Z" },
      credentials: [
        {
          type: "aws",
          name: "aws-0",
          details: [0],
          account: ACCOUNT,
          AccountId: ACCOUNT,
          region: "us-east-1",
          AccessKeyId: "ASIAFAKE000000000001",
          SecretAccessKey: expect.any(String),
          Token: expect.any(String),
          Expiration: "2026-11-24T12:15:00Z",
        },
      ],
    });
  });

  it("requests of STS a session that is named by the task and allows the intent until the fence", async () => {
    const service = serve();
    const { body } = await service.exchange();
    const [asked] = service.world.ports.sessions.asked;
    expect(asked).toMatchObject({ path: body.task?.id, agent: "demo", account: ACCOUNT, durationSeconds: 900 });
    expect(asked?.role).toMatch(/^valetkey-task-[0-3]$/);
    expect(JSON.parse(asked?.policy ?? "").Statement).toEqual([
      {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::acme-data/reports/*",
        Condition: { StringEquals: { "aws:ResourceAccount": ACCOUNT } },
      },
      {
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { DateGreaterThanEquals: { "aws:CurrentTime": "2026-11-24T12:15:00Z" } },
      },
      { Effect: "Deny", NotAction: "s3:*", Resource: "*" },
    ]);
  });

  it("sends STS its request before it works on the record", async () => {
    const seen: object[] = [];
    const world = fakeWorld({
      pause: async () => {
        await setImmediate();
        const { sessions, tasks } = world.ports;
        seen.push({ asked: sessions.asked.length, recorded: tasks.tasks.size });
      },
    });
    expect((await new FakeService(world).exchange()).status).toBe(200);
    expect(seen[0]).toEqual({ asked: 1, recorded: 0 });
  });

  it("records the task with its lease, and the event with who, for whom, what and why (I6, I7)", async () => {
    const service = serve();
    const { body } = await service.exchange();
    const { tasks } = service.world.ports;
    expect(tasks.tasks.get(body.task?.id ?? "")).toMatchObject({
      agent: "demo",
      status: "active",
      leases: [{ name: "aws-0", state: "issued", accessKeyId: "ASIAFAKE000000000001", issuedAt: expect.any(Number) }],
    });
    expect(isWholeChain(tasks.events)).toBe(true);
    expect(tasks.events).toMatchObject([
      {
        of: body.task?.id,
        type: "task.opened",
        facts: {
          agent: "demo",
          subject: "robots|agent:demo",
          purpose: "summarise the weekly report",
          details: READ_REPORTS,
          policies: ["demo-reads-reports"],
          bundle: "bundle-of-the-tests",
          leases: [{ name: "aws-0", account: ACCOUNT, policy_sha256: expect.stringMatching(/^[\w-]{43}$/) }],
          source_ip: "203.0.113.7",
          request: "request-1",
        },
      },
    ]);
  });

  it("writes one log line, made of names that are allowed there", async () => {
    const service = serve();
    const { body } = await service.exchange();
    expect(service.world.lines).toEqual([
      {
        level: "info",
        event: "answered",
        route: "POST /v1/token",
        request: "request-1",
        agent: "demo",
        operator: undefined,
        task: body.task?.id,
        leases: ["aws-0"],
        source_ip: "203.0.113.7",
        duration_ms: 0,
      },
    ]);
  });

  it("issues one lease for all AWS details of an account and nothing for a tool", async () => {
    const service = serve();
    const list = { ...reports, actions: ["s3:ListBucket"], resources: ["arn:aws:s3:::acme-data"] };
    const { body } = await service.exchange({ authorization_details: json(reports, tools, list) });
    expect(body.credentials).toMatchObject([{ name: "aws-0", details: [0, 2] }]);
    expect(body.authorization_details).toEqual([reports, tools, list]);
    expect(service.world.ports.sessions.asked).toHaveLength(1);
  });

  it("opens a task without any credential where the request is for tools alone", async () => {
    const service = serve();
    const { status, body } = await service.exchange({ authorization_details: json(tools) });
    expect({ status, credentials: body.credentials }).toEqual({ status: 200, credentials: [] });
    expect(service.world.ports.sessions.asked).toEqual([]);
  });
});

describe("no fence outlives its task's deadline, and no task its agent (I4)", () => {
  const ends = (seconds: number) => Date.UTC(2026, 10, 24, 12) / 1_000 + seconds;
  const rows = [
    ["900 s unless given", {}, {}, 900, 900],
    ["a shorter task has a shorter fence", { task_ttl: "60" }, {}, 60, 60],
    ["a longer task has a fence of 900 s, to be renewed", { task_ttl: "7200" }, {}, 7_200, 900],
    [
      "the agent's limit is a limit",
      { task_ttl: "7200" },
      { limits: { liveTasks: 5, taskSeconds: 1_000 } },
      1_000,
      900,
    ],
    ["the agent's end is the task's end", { task_ttl: "7200" }, { endsAt: ends(300) }, 300, 300],
  ] as const;

  it.each(rows)("%s", async (_, form, agent, taskSeconds, fenceSeconds) => {
    const service = serve();
    service.world.addAgent({ id: "demo", ...agent });
    const { body } = await service.exchange(form);
    const inSeconds = (seconds: number) =>
      new Date((service.world.nowSeconds() + seconds) * 1_000).toISOString().replace(".000Z", "Z");
    expect(body).toMatchObject({ expires_in: taskSeconds, task: { expires_at: inSeconds(taskSeconds) } });
    expect(body.credentials).toMatchObject([{ Expiration: inSeconds(fenceSeconds) }]);
    expect(service.world.ports.sessions.asked[0]?.durationSeconds).toBe(900);
  });
});

describe("parameters that a client may write in more than one way", () => {
  const event = (service: FakeService) => formEvent(exchangeForm(service.world.agentToken()));
  const rows = [
    [
      "a media type with a charset",
      { headers: { "content-type": "Application/X-WWW-Form-Urlencoded; charset=UTF-8" } },
    ],
    ["parameters that nobody knows", { more: "&resource=x&anything=y" }],
    ["an empty parameter, as if it were not there", { more: "&task_ttl=&idempotency_key=" }],
    ["requested_token_type for a task token", { more: "&requested_token_type=urn%3Avaletkey%3Atoken-type%3Atask" }],
  ] as const;

  it.each(rows)("%s", async (_, changed: { readonly headers?: Record<string, string>; readonly more?: string }) => {
    const service = serve();
    const { body, headers } = event(service);
    const sent = { ...event(service), headers: changed.headers ?? headers, body: `${body}${changed.more ?? ""}` };
    expect(await service.send(sent)).toMatchObject({ status: 200 });
  });

  it("a body in base64, as API Gateway sends what it takes for binary", async () => {
    const service = serve();
    const { body = "", ...rest } = event(service);
    const encoded = { ...rest, body: Buffer.from(body).toString("base64"), isBase64Encoded: true };
    expect(await service.send(encoded)).toMatchObject({ status: 200 });
  });
});

describe("GET /.well-known/oauth-authorization-server", () => {
  it("names every endpoint and the audience of a token", async () => {
    const { status, body } = await serve().send({
      ...formEvent({}),
      routeKey: "GET /.well-known/oauth-authorization-server",
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      issuer: URL_OF_HUB,
      token_endpoint: `${URL_OF_HUB}/v1/token`,
      introspection_endpoint: `${URL_OF_HUB}/v1/introspect`,
      revocation_endpoint: `${URL_OF_HUB}/v1/revoke`,
      audiences: { exchange: URL_OF_HUB, introspect: `${URL_OF_HUB}/introspect`, operate: `${URL_OF_HUB}/operate` },
    });
  });
});
