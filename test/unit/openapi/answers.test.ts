import { afterEach, describe, expect, it, vi } from "vitest";
import type { RefusalCode } from "../../../contract/refusals.ts";
import type { RouteKey } from "../../../functions/routes.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { watchProbes } from "../../harness/canary.ts";
import type { Operation } from "../../openapi/operation.ts";
import { OPERATIONS } from "../../openapi/operations.ts";
import { type Arrange, answerTo } from "../../openapi/recording/call.ts";
import { documented, documentedCodes, expectDocumented } from "./documented.ts";

watchProbes();
afterEach(() => void vi.restoreAllMocks());

const operations = Object.entries(OPERATIONS) as [RouteKey, Operation][];

describe.each(operations)("%s", (route, { accepted, refused, answer }) => {
  it.each(Object.entries(accepted))("answers %s as documented", async (_, { arrange }) => {
    const world = fakeWorld();
    const answered = await answerTo(await arrange(world), world);
    expect(answered.statusCode, answered.body).toBe(answer.status);
    expectDocumented(route, answered);
  });

  const refusals = Object.entries(refused) as [RefusalCode, Arrange][];
  it.runIf(refusals.length > 0).each(refusals)("refuses with %s as documented", async (code, arrange) => {
    const world = fakeWorld();
    const answered = await answerTo(await arrange(world), world);
    expect(JSON.parse(answered.body).code).toBe(code);
    expectDocumented(route, answered);
  });

  it("is documented with those refusals and no other", () => {
    expect(
      documentedCodes(route)
        .map(([code]) => code)
        .sort(),
    ).toEqual(Object.keys(refused).sort());
  });

  it("answers a fault of its own as documented", async () => {
    vi.spyOn(process.stdout, "write").mockReturnValueOnce(true);
    const world = fakeWorld();
    const broken = new Proxy(world.ports, {
      get: () => {
        throw new TypeError("broken");
      },
    });
    const [first] = Object.values(accepted);
    const call = await first?.arrange(world);
    if (!call) throw new Error(`${route} has no example`);
    const answered = await answerTo(call, world, broken);
    expect(answered.statusCode).toBe(500);
    expectDocumented(route, answered);
  });
});

describe("a request that no route takes", () => {
  it("is refused with not_found, as the document describes", async () => {
    const { statusCode, body } = await answerTo({ route: "$default" }, fakeWorld());
    expect([statusCode, JSON.parse(body).code]).toEqual([404, "not_found"]);
  });
});

describe("the check itself", () => {
  const answer = { statusCode: 200, headers: {}, body: "" };
  const agents = (more: object) =>
    JSON.stringify({
      agents: [
        {
          id: "demo",
          name: "n",
          owner: "o",
          team: "t",
          labels: [],
          status: "active",
          created_at: "2026-11-24T12:00:00Z",
          ...more,
        },
      ],
    });

  it.each([
    ["a field that is not documented", { ...answer, body: agents({ chain: 1 }) }],
    ["a field that is missing", { ...answer, body: agents({ status: undefined }) }],
    ["a status that is not documented", { ...answer, statusCode: 418 }],
    ["a header that is not documented", { ...answer, headers: { "set-cookie": "a=b" }, body: agents({}) }],
    [
      "a refusal of another route",
      { ...answer, statusCode: 403, body: '{"error":"access_denied","error_description":"","code":"policy_denied"}' },
    ],
  ])("fails on %s", (_, wrong) => {
    expect(() => expectDocumented("GET /v1/agents", { ...answer, body: agents({}) })).not.toThrow();
    expect(() => expectDocumented("GET /v1/agents", wrong)).toThrow();
  });

  it("knows every route that has an example", () => {
    for (const [route] of operations) expect(documented(route).operationId).toBe(OPERATIONS[route].id);
  });
});
