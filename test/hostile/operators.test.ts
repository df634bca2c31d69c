import { describe, expect, it } from "vitest";
import type { RouteKey } from "../../functions/routes.ts";
import { call } from "./call.ts";
import { holdToDynamo } from "./fuzz/strict-store.ts";
import { operatorToken, type Scene, scene } from "./scene.ts";
import { traces } from "./traces.ts";

describe("the operators' routes", () => {
  const routes: readonly (readonly [RouteKey, object])[] = [
    [
      "POST /v1/agents",
      {
        json: {
          id: "mine",
          name: "mine",
          owner: "me",
          team: "demo",
          bindings: [{ issuer: "robots", claims: { sub: "mine" } }],
        },
      },
    ],
    ["GET /v1/agents", {}],
    ["GET /v1/agents/{agent}", { path: { agent: "demo" } }],
    ["POST /v1/agents/{agent}/suspend", { path: { agent: "demo" } }],
    ["POST /v1/agents/{agent}/resume", { path: { agent: "demo" } }],
    ["POST /v1/people/{person}/end-tasks", { path: { person: "staff|pat" } }],
    ["GET /v1/escalations", {}],
    ["GET /v1/escalations", { query: "agent=demo" }],
    ["GET /v1/tasks", { query: "agent=demo" }],
    ["POST /v1/tasks/{task}/end", { path: { task: "{own}" } }],
    ["GET /v1/tasks/{task}/receipt", { path: { task: "{own}" } }],
    ["GET /v1/tasks/{task}/ledger", { path: { task: "{own}" } }],
  ];
  const holders: readonly (readonly [string, (scene: Scene) => string])[] = [
    ["an agent's token", ({ world }) => world.mint()],
    [
      "an agent's token for this audience",
      ({ world }) => world.mint({ claims: { aud: "https://valetkey.test/operate" } }),
    ],
    [
      "an agent's token with an operator's name",
      ({ world }) =>
        world.mint({ claims: { aud: "https://valetkey.test/operate", sub: "alice", groups: ["valetkey-operators"] } }),
    ],
    ["a person's token for exchange", ({ world }) => world.mint({ issuer: "staff" })],
    ["a task token", ({ own }) => own.taskToken],
    ["a presentation token", ({ own }) => own.presentation],
  ];
  it.each(routes.flatMap(([route, given]) => holders.map(([what, token]) => ({ route, given, what, token }))))(
    "$route refuses $what",
    async ({ route, given, token }) => {
      const it = await scene();
      const before = traces(it.world);
      const answer = await call(route, it.world.ports, { ...withOwn(given, it), authorization: `Bearer ${token(it)}` });
      expect([answer.statusCode, JSON.parse(answer.body).code]).toEqual([401, "operator_token_invalid"]);
      expect(traces(it.world)).toEqual(before);
    },
  );

  it.each(routes)("%s refuses a person whom no policy names, and the journal records it", async (route, given) => {
    const it = await scene();
    const before = traces(it.world);
    const token = operatorToken(it.world, { sub: "mallory", groups: ["everyone", "valetkey-operators "] });
    const answer = await call(route, it.world.ports, { ...withOwn(given, it), authorization: token });
    expect([answer.statusCode, JSON.parse(answer.body).code]).toEqual([403, "operator_denied"]);
    expect(it.world.ports.tasks.events.at(-1)).toMatchObject({
      type: "operation.refused",
      facts: { operator: "staff|mallory" },
    });
    expect(traces(it.world)).toMatchObject({ tasks: before.tasks, agents: before.agents, events: before.events + 1 });
  });

  it("reveal to a person without rights no difference between a known and an unknown agent", async () => {
    const { world } = await scene();
    const token = () => operatorToken(world, { sub: "mallory" });
    const [known, unknown] = [
      await call("GET /v1/agents/{agent}", world.ports, { authorization: token(), path: { agent: "demo" } }),
      await call("GET /v1/agents/{agent}", world.ports, { authorization: token(), path: { agent: "nobody" } }),
    ];
    expect(unknown).toEqual(known);
  });
});

describe("an operator's odd input", () => {
  const odd = [
    "",
    "a",
    "A",
    "a b",
    "demo\u0000",
    "demo\n",
    "__proto__",
    "../demo",
    "\ud800",
    "a".repeat(3_000),
    "\u20ac".repeat(900),
  ];
  const named = [
    "GET /v1/agents/{agent}",
    "POST /v1/agents/{agent}/suspend",
    "POST /v1/agents/{agent}/resume",
  ] as const;

  it.each(odd)("names no agent, and never reaches the store as an invalid key: %j", async (agent) => {
    const { world } = await scene();
    holdToDynamo(world);
    for (const route of named) {
      const answer = await call(route, world.ports, { authorization: operatorToken(world), path: { agent } });
      expect([answer.statusCode, JSON.parse(answer.body).code]).toEqual([404, "agent_not_found"]);
    }
    const query = `agent=${encodeURIComponent(agent.toWellFormed())}`;
    const listed = await call("GET /v1/tasks", world.ports, { authorization: operatorToken(world), query });
    expect(listed.statusCode).toBe(agent === "" ? 400 : 404);
    const after = `after=${encodeURIComponent(agent.toWellFormed())}`;
    const paged = await call("GET /v1/agents", world.ports, { authorization: operatorToken(world), query: after });
    expect([paged.statusCode, JSON.parse(paged.body).code]).toEqual([400, "malformed_request"]);
  });

  it.each([
    "",
    "demo",
    "k7f3m2q9x4a",
    "k7f3m2q9x4ab__",
    "k7f3m2q9x4ab_c1x9.",
    "K7F3M2Q9X4AB.",
    "k7f3m2q9x4ab.\n",
    "a".repeat(5_000),
  ])("ends no task: %j", async (task) => {
    const { world } = await scene();
    const before = traces(world);
    const answer = await call("POST /v1/tasks/{task}/end", world.ports, {
      authorization: operatorToken(world),
      path: { task },
    });
    expect(JSON.parse(answer.body).code).toBe("malformed_request");
    expect(traces(world).tasks).toEqual(before.tasks);
  });
});

const withOwn = (given: object, { own }: Scene): object =>
  JSON.parse(JSON.stringify(given).replaceAll("{own}", own.task));
