import { describe, expect, it } from "vitest";
import type { RouteKey } from "../../functions/routes.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld, httpEvent, READ_REPORTS, URL_OF_HUB } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const serve = () => new FakeService(fakeWorld());
const NEW = {
  id: "fresh",
  name: "Fresh",
  owner: "owner@acme.test",
  team: "demo",
  bindings: [{ issuer: "robots", claims: { sub: "agent:fresh" } }],
};

type Operation = readonly [route: RouteKey, given: Parameters<FakeService["operate"]>[1], isReading: boolean];
const OPERATIONS: readonly Operation[] = [
  ["POST /v1/agents", { body: NEW }, false],
  ["GET /v1/agents", {}, true],
  ["GET /v1/agents/{agent}", { parameters: { agent: "demo" } }, true],
  ["POST /v1/agents/{agent}/suspend", { parameters: { agent: "demo" } }, false],
  ["POST /v1/agents/{agent}/resume", { parameters: { agent: "demo" } }, false],
  ["POST /v1/agents/{agent}", { parameters: { agent: "demo" }, body: { name: "Demo" } }, false],
  ["POST /v1/agents/{agent}/rehearse", { parameters: { agent: "demo" }, body: { acts: [{ act: "suspend" }] } }, true],
  ["POST /v1/agents/{agent}/confirm", { parameters: { agent: "demo" } }, false],
  ["POST /v1/agents/{agent}/offboard", { parameters: { agent: "demo" } }, false],
  ["POST /v1/people/{person}/end-tasks", { parameters: { person: "staff|pat" } }, false],
  ["GET /v1/tasks", { query: "agent=demo" }, true],
  ["POST /v1/tasks/{task}/end", { parameters: { task: "TASK" } }, false],
  ["GET /v1/tasks/{task}/receipt", { parameters: { task: "TASK" } }, true],
  ["GET /v1/policies", {}, true],
  ["POST /v1/policies/explain", { body: { agent: "demo", authorization_details: READ_REPORTS } }, true],
  ["GET /v1/agents/{agent}/reach", { parameters: { agent: "demo" } }, true],
  ["GET /v1/secrets", {}, true],
  ["GET /v1/secrets/{secret}", { parameters: { secret: "reports~login" } }, true],
  ["POST /v1/secrets/{secret}/rotate", { parameters: { secret: "reports~login" } }, false],
];

/** A service with a live task, and the operation about it. */
async function prepared(given: Operation[1]) {
  const service = serve();
  service.world.ports.inventory.add("reports/login", { kind: "postgres-single" });
  const { id } = await service.start();
  const parameters = given?.parameters?.task === undefined ? given?.parameters : { task: id };
  return { service, given: parameters === undefined ? { ...given } : { ...given, parameters } };
}

const good = (status: number): boolean => [200, 201, 202].includes(status);

describe.each(OPERATIONS)("%s", (route, about, isReading) => {
  it("is for a first operator, for the operators' group, and for auditors where it only looks", async () => {
    const callers = [
      ["alice", []],
      ["olivia", ["valetkey-operators"]],
      ["audrey", ["valetkey-auditors"]],
      ["mallory", ["everybody"]],
    ] as const;
    const mayBy = [];
    for (const [sub, groups] of callers) {
      const { service, given } = await prepared(about);
      const { status } = await service.operate(route, {
        ...given,
        token: service.world.operatorToken({ sub, groups }),
      });
      mayBy.push(good(status) ? true : status);
    }
    expect(mayBy).toEqual([true, true, isReading ? true : 403, 403]);
  });

  it("a denial is recorded in the journal, with the operator (I7)", async () => {
    const { service, given } = await prepared(about);
    await service.operate(route, { ...given, token: service.world.operatorToken({ sub: "mallory" }) });
    expect(service.world.ports.tasks.events.at(-1)).toMatchObject({
      type: "operation.refused",
      facts: { operator: "staff|mallory", code: "operator_denied", route },
    });
    expect(service.world.ports.tasks.events.at(-1)?.facts.about).toEqual(given.parameters);
    expect(service.world.ports.agents.events).toEqual([]);
  });

  const tokens: readonly (readonly [string, (service: FakeService) => string])[] = [
    ["an agent's token", (s) => s.world.agentToken({ aud: `${URL_OF_HUB}/operate` })],
    ["a person's token for the exchange", (s) => s.world.operatorToken({ aud: URL_OF_HUB })],
    ["an expired token", (s) => s.world.operatorToken({ exp: s.world.nowSeconds() - 31 })],
    ["a forged token", (s) => s.world.operatorToken().replace(/\w+$/, "Zm9yZ2Vk")],
    ["a token from nowhere", (s) => s.world.operatorToken({ iss: "https://else.test" })],
    ["a token in which an agent acts for the person", (s) => s.world.operatorToken({ act: { sub: "agent:demo" } })],
    ["a token by which an agent may act", (s) => s.world.operatorToken({ may_act: { sub: "agent:demo" } })],
    ["a token that is bound to a key", (s) => s.world.operatorToken({ cnf: { jkt: "a-thumbprint" } })],
    ["no JWT", () => "abc"],
  ];
  it.each(tokens)("%s is a 401, and nothing is written for a stranger (I7)", async (_, tokenOf) => {
    const { service, given } = await prepared(about);
    const before = service.world.ports.tasks.events.length;
    expect(await service.operate(route, { ...given, token: tokenOf(service) })).toMatchObject({
      status: 401,
      body: { code: "operator_token_invalid" },
    });
    expect(service.world.ports.tasks.events).toHaveLength(before);
    expect(service.world.ports.agents.events).toEqual([]);
  });

  it("without a token is a 401", async () => {
    expect(await serve().send(httpEvent(route))).toMatchObject({ status: 401 });
  });
});

it("an operator's request is answered where the gateway writes null for a path without parameters", async () => {
  const service = serve();
  const headers = { authorization: `Bearer ${service.world.operatorToken()}` };
  expect(await service.send({ ...httpEvent("GET /v1/agents", { headers }), pathParameters: null })).toMatchObject({
    status: 200,
  });
});

describe("registering an agent", () => {
  it("lets it start tasks, and is recorded", async () => {
    const service = serve();
    const { status, body } = await service.operate("POST /v1/agents", { body: NEW });
    expect({ status, body }).toMatchObject({ status: 201, body: { id: "fresh", status: "active", team: "demo" } });
    expect(service.world.ports.agents.events).toMatchObject([
      { of: "fresh", n: 1, type: "agent.registered", facts: { by: "staff|alice", team: "demo" } },
    ]);
    const answer = await service.exchange({ subject_token: service.world.agentToken({ sub: "agent:fresh" }) });
    expect(answer).toMatchObject({ status: 200 });
  });

  const rows: readonly (readonly [string, object, RegExp])[] = [
    ["an id in capitals", { id: "Fresh" }, /id must have/],
    ["an id that leaves the path", { id: "../x" }, /id must have/],
    ["no owner", { owner: undefined }, /owner must be/],
    ["a name that turns text around", { name: "a\u202eb" }, /name must be/],
    ["a people's issuer", { bindings: [{ issuer: "staff", claims: { sub: "alice" } }] }, /never binds to an agent/],
    ["an issuer that is not configured", { bindings: [{ issuer: "else", claims: { sub: "x" } }] }, /configured issuer/],
    [
      "a binding without the issuer's pin",
      { bindings: [{ issuer: "robots", claims: { ref: "main" } }] },
      /must name sub/,
    ],
    ["a wildcard", { bindings: [{ issuer: "robots", claims: { sub: "agent:*" } }] }, /no wildcards/],
    [
      "a claim that would be lost",
      { bindings: [{ issuer: "robots", claims: JSON.parse('{"sub":"x","__proto__":"y"}') }] },
      /cannot be stored/,
    ],
    ["two bindings for one token", { bindings: [NEW.bindings[0], NEW.bindings[0]] }, /could match one token/],
    ["an end in the past", { ends_at: "2020-01-01T00:00:00Z" }, /in the future/],
    ["an end that is no time", { ends_at: "tomorrow" }, /time in UTC/],
    ["a limit of 0", { limits: { live_tasks: 0 } }, /whole number from 1/],
    ["an unknown field", { admin: true }, /The fields are/],
  ];
  it.each(rows)("%s is a 400 that names the field", async (_, changed, sentence) => {
    const service = serve();
    const answer = await service.operate("POST /v1/agents", { body: { ...NEW, ...changed } });
    expect(answer).toMatchObject({ status: 400, body: { error_description: expect.stringMatching(sentence) } });
    expect(service.world.ports.agents.agents.has("fresh")).toBe(false);
  });
});

describe("suspending an agent", () => {
  it("ends what it has, in the record and for its holders, and lets it start nothing", async () => {
    const service = serve();
    const held = [await service.start(), await service.start()];
    expect(await service.suspend()).toMatchObject({ status: 200, body: { status: "suspended", ended_tasks: 2 } });
    for (const each of held) expect(await service.renew(each)).toMatchObject({ status: 403 });
    expect(await service.exchange()).toMatchObject({ status: 403, body: { code: "agent_inactive" } });
    expect(service.world.ports.agents.events).toMatchObject([
      { type: "agent.suspended", facts: { by: "staff|alice" } },
    ]);
    expect(service.world.ports.tasks.events.filter(({ type }) => type === "task.ended")).toMatchObject([
      { facts: { status: "revoked", by: "staff|alice" } },
      { facts: { status: "revoked", by: "staff|alice" } },
    ]);
  });

  it("a second time ends what was left, and records no second suspension", async () => {
    const service = serve();
    await service.start();
    await service.suspend();
    expect(await service.suspend()).toMatchObject({ status: 200, body: { ended_tasks: 0 } });
    expect(service.world.ports.agents.events).toHaveLength(1);
  });

  it("is undone by resuming, which brings no task back", async () => {
    const service = serve();
    const held = await service.start();
    await service.suspend();
    expect(await service.operate("POST /v1/agents/{agent}/resume", { parameters: { agent: "demo" } })).toMatchObject({
      status: 200,
      body: { status: "active" },
    });
    expect(await service.renew(held)).toMatchObject({ status: 403, body: { code: "task_ended" } });
    expect(await service.exchange()).toMatchObject({ status: 200 });
  });
});

describe("looking", () => {
  it("shows live tasks without a token or a secret", async () => {
    const service = serve();
    const { id } = await service.start();
    await service.complete(await service.start());
    const { body } = await service.operate("GET /v1/tasks", { query: "agent=demo" });
    expect(body.tasks).toMatchObject([{ id, status: "active" }]);
  });

  const odd: readonly (readonly [string, RouteKey, Parameters<FakeService["operate"]>[1], number])[] = [
    ["ended tasks of no agent", "GET /v1/tasks", { query: "ended=true" }, 400],
    ["an agent whose id no key could hold", "GET /v1/tasks", { query: `agent=${"a".repeat(3_000)}` }, 404],
    [
      "an agent's address of 3,000 characters",
      "GET /v1/agents/{agent}",
      { parameters: { agent: "a".repeat(3_000) } },
      404,
    ],
    ["an agent's address in another alphabet", "GET /v1/agents/{agent}", { parameters: { agent: "ä" } }, 404],
    ["a page after something that is no id", "GET /v1/agents", { query: `after=${"a".repeat(2_000)}` }, 400],
    ["a task's address that is none", "POST /v1/tasks/{task}/end", { parameters: { task: "../x" } }, 400],
    ["a receipt's address that is none", "GET /v1/tasks/{task}/receipt", { parameters: { task: "../x" } }, 400],
  ];
  it.each(odd)("%s is a 4xx (I10)", async (_, route, given, status) => {
    expect(await serve().operate(route, given)).toMatchObject({ status });
  });

  it("only operators with the permission learn whether an agent or a task exists", async () => {
    const service = serve();
    const token = () => service.world.operatorToken({ sub: "mallory" });
    const { id } = await service.start();
    for (const agent of ["demo", "nobody"]) {
      const answer = await service.operate("GET /v1/agents/{agent}", { parameters: { agent }, token: token() });
      expect(answer, agent).toMatchObject({ status: 403 });
    }
    for (const task of [id, "k7f3m2q9x4ab."]) {
      const answer = await service.operate("POST /v1/tasks/{task}/end", { parameters: { task }, token: token() });
      expect(answer, task).toMatchObject({ status: 403 });
      const receipt = await service.operate("GET /v1/tasks/{task}/receipt", { parameters: { task }, token: token() });
      expect(receipt, task).toMatchObject({ status: 403 });
    }
  });
});
