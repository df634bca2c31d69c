import type { GenericSchema } from "valibot";
import { describe, expect, it } from "vitest";
import type { Operation as Contract } from "../../contract/operation.ts";
import { OPERATIONS as CONTRACT } from "../../contract/operations.ts";
import { keyOf } from "../../functions/routes.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { httpEvent } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { OPERATIONS } from "../openapi/operations.ts";
import { type Arrange, answerTo, type Body } from "../openapi/recording/call.ts";
import { exampleWorld } from "../openapi/recording/example-world.ts";

watchWorlds();

/** Bodies that somebody sends to a route before reading its page. */
const TRIES: Readonly<Record<string, Body | undefined>> = {
  "no body": undefined,
  "an empty JSON object": { json: {} },
  "a form": { mediaType: "application/x-www-form-urlencoded", text: "why=x" },
  "plain text": { mediaType: "text/plain", text: "why" },
  "JSON without a content type": { mediaType: "", text: '{"why":"x"}' },
};

/** Routes that change something. A route that is added to the contract is tried too. */
const CHANGING = CONTRACT.filter((operation: Contract) => operation.method !== "GET");

async function answered(arrange: Arrange, body: Body | undefined): Promise<Answer["body"] & { status: number }> {
  const world = exampleWorld();
  const { body: _, ...call } = await arrange(world);
  const answer = await answerTo(body === undefined ? call : { ...call, body }, world);
  return { ...(answer.body === "" ? {} : JSON.parse(answer.body)), status: answer.statusCode };
}

/** Names of a body's fields, those of every form that it may have. */
function fieldsOf(schema: unknown): readonly string[] {
  const { entries, options, wrapped } = schema as GenericSchema & {
    readonly entries?: object;
    readonly options?: readonly unknown[];
    readonly wrapped?: unknown;
  };
  return [...Object.keys(entries ?? {}), ...(options ?? []).flatMap(fieldsOf), ...(wrapped ? fieldsOf(wrapped) : [])];
}

/** Matches a sentence that names the content type of the operation's body, or one of its fields. */
function nextStepOf({ body }: Contract): RegExp {
  if (!body) return /^nothing may be refused$/;
  const type = body.form ? "application/x-www-form-urlencoded" : "application/json";
  return new RegExp(`content-type: ${type}|\\b(${fieldsOf(body.schema).join("|")})\\b`);
}

describe.each(CHANGING.map((operation) => [keyOf(operation), operation] as const))(
  "a first try of %s",
  (key, given) => {
    const [{ arrange } = { arrange: undefined }] = Object.values(OPERATIONS[key].accepted);

    it.each(Object.entries(TRIES))("with %s works, or is refused with the next step", async (_, body) => {
      const { status, error_description: says = "" } = await answered(arrange as Arrange, body);
      if (status < 300) return;
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(says).toMatch(nextStepOf(given));
    });
  },
);

describe("one answer names everything that a completion needs", () => {
  const [{ arrange } = { arrange: undefined }] = Object.values(OPERATIONS["POST /v1/tasks/{task}/complete"].accepted);

  it.each(Object.entries(TRIES))("for %s", async (_, body) => {
    const { status, error_description: says, example } = await answered(arrange as Arrange, body);
    expect([400, 415]).toContain(status);
    if (status === 415) expect(says).toContain("content-type: application/json");
    expect(says).toMatch(/outcome.*'success' or 'failure'/);
    expect((await answered(arrange as Arrange, { json: example })).status).toBe(200);
  });
});

it("an operator who sends their own token to a holder's route is shown the route of operators", async () => {
  const service = new FakeService(exampleWorld());
  const held = await service.start();
  const operator = { ...held, token: service.world.operatorToken() };
  expect((await service.readTask(operator)).body.error_description).toContain("GET /v1/tasks?task={task}");
  expect((await service.complete(operator)).body.error_description).toContain("POST /v1/tasks/{task}/end");
  const unreadable = await service.readTask({ ...held, token: "vk_x" });
  expect([unreadable.status, unreadable.body.error_description]).toEqual([
    401,
    expect.not.stringContaining("Operators"),
  ]);
});

describe("a reason of a resumption", () => {
  const resuming = async (body?: Body) => {
    const world = exampleWorld();
    world.addAgent({ id: "demo", status: "suspended" });
    const call = {
      route: "POST /v1/agents/{agent}/resume",
      path: { agent: "demo" },
      bearer: world.operatorToken(),
    } as const;
    const { statusCode } = await answerTo(body ? { ...call, body } : call, world);
    const resumed = (await world.ports.agents.history("demo" as never)).find(({ type }) => type === "agent.resumed");
    return [statusCode, resumed?.facts && "reason" in resumed.facts ? resumed.facts.reason : undefined];
  };

  it("is in the agent's journal, and no resumption needs one", async () => {
    expect(await resuming()).toEqual([200, undefined]);
    expect(await resuming({ json: {} })).toEqual([200, undefined]);
    expect(await resuming({ json: { reason: "the key was rotated" } })).toEqual([200, "the key was rotated"]);
  });

  it("is refused in a form, and is not ignored", async () => {
    expect((await resuming({ form: { reason: "rotated" } }))[0]).toBe(415);
    expect((await resuming({ json: { reason: 1 } }))[0]).toBe(400);
  });
});

it("an optional reason is refused by its size before it is decoded", async () => {
  const service = new FakeService(exampleWorld());
  const { status } = await service.send(
    httpEvent("POST /v1/agents/{agent}/suspend", {
      headers: { authorization: `Bearer ${service.world.operatorToken()}` },
      pathParameters: { agent: "demo" },
      body: " ".repeat(40_000),
    }),
  );
  expect(status).toBe(413);
});
