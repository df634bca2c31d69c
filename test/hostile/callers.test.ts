import { describe, expect, it } from "vitest";
import type { RouteKey } from "../../functions/routes.ts";
import { call } from "./call.ts";
import { presentationForm } from "./opened-task.ts";
import { bent, operatorToken, type Scene, scene } from "./scene.ts";
import { secretsIn } from "./secrets-in.ts";
import { traces } from "./traces.ts";

const secretOf = (token: string): string => token.slice(token.lastIndexOf("._") + 2);

/** Values that a caller may hold without this task's own token. */
const WRONG: readonly (readonly [what: string, token: (scene: Scene) => string | undefined])[] = [
  ["nothing", () => undefined],
  ["the token of another task of the same agent", ({ sister }) => sister.taskToken],
  ["the token of another agent's task", ({ foreign }) => foreign.taskToken],
  ["the task's own presentation token", ({ own }) => own.presentation],
  ["a presentation token in a task token's dress", ({ own }) => own.presentation.replace("vkp_", "vk_")],
  ["the agent's OIDC token, used", ({ own }) => own.oidc],
  ["a fresh OIDC token of the agent", ({ world }) => world.mint()],
  ["an operator's token", ({ world }) => operatorToken(world)],
  ["the access key id", ({ own }) => own.accessKeyId],
  ["the task's id", ({ own }) => own.task],
  ["the hash that the record keeps", ({ world, own }) => world.ports.tasks.tasks.get(own.task)?.tokens[0]?.hash],
  ["a guess", ({ own }) => `vk_${own.task}_${"A".repeat(43)}`],
  ["the token with its last character changed", ({ own }) => bent(own.taskToken)],
  ["the token in capitals", ({ own }) => own.taskToken.toUpperCase()],
  ["the token with padding", ({ own }) => `${own.taskToken}=`],
  ["the token with NUL behind it", ({ own }) => `${own.taskToken}\u0000`],
  ["the token, encoded", ({ own }) => encodeURIComponent(own.taskToken).replaceAll("_", "%5F")],
  ["the token without its secret", ({ own }) => own.taskToken.slice(0, own.taskToken.lastIndexOf("_"))],
  [
    "the secret of another task under this task's id",
    ({ own, sister }) => `vk_${own.task}_${secretOf(sister.taskToken)}`,
  ],
  ["two tokens", ({ own, sister }) => `${sister.taskToken},${own.taskToken}`],
  ["Basic authentication", ({ own }) => `Basic ${Buffer.from(`${own.task}:${own.taskToken}`).toString("base64")}`],
  ["Bearer twice", ({ own }) => `Bearer Bearer ${own.taskToken}`],
];

const ROUTES = [
  "GET /v1/tasks/{task}/credentials/{lease}",
  "GET /v1/tasks/{task}",
  "POST /v1/tasks/{task}/complete",
] as const satisfies readonly RouteKey[];

describe.each(WRONG)("a caller with %s instead of the task's token", (_, tokenOf) => {
  it.each(ROUTES)("is refused by %s", async (route) => {
    const it = await scene();
    const before = traces(it.world);
    const token = tokenOf(it);
    for (const authorization of [token, token && `Bearer ${token}`]) {
      const answer = await call(route, it.world.ports, {
        ...(authorization === undefined ? {} : { authorization }),
        path: { task: it.own.task, lease: "aws-0" },
        json: { outcome: "failure" },
      });
      expect([answer.statusCode, JSON.parse(answer.body).code]).toEqual([401, "task_token_invalid"]);
      expect(secretsIn(answer.body)).toEqual([]);
    }
    expect(traces(it.world)).toEqual(before);
  });

  it("gets no presentation token and ends no task", async () => {
    const it = await scene();
    // A token of another task is excluded: it may open its own task. A presentation token may revoke itself.
    const token = tokenOf(it);
    if (token === undefined || [it.sister.taskToken, it.foreign.taskToken, it.own.presentation].includes(token)) return;
    const before = traces(it.world);
    const presented = await call("POST /v1/token", it.world.ports, { form: presentationForm(token) });
    expect(JSON.parse(presented.body).code).toBe("subject_token_unknown");
    expect(await call("POST /v1/revoke", it.world.ports, { form: { token } })).toMatchObject({
      statusCode: 200,
      body: "",
    });
    expect(traces(it.world)).toEqual(before);
  });
});

describe("a token in another task's URL", () => {
  const odd = ["", ".", "..", "%2e%2e", "k7f3m2q9x4ab", "K7F3M2Q9X4AB.", "*", "__proto__", "a".repeat(5_000), "\u0000"];
  it.each([...odd, "{own}\n", "{own}x", "{own}%00", " {own}", "{own}aaaa.", "{own}../{own}", "{sister}"])(
    "is refused: %j",
    async (pattern) => {
      const { world, own, sister } = await scene();
      const task = pattern.replaceAll("{own}", own.task).replaceAll("{sister}", sister.task);
      const before = traces(world);
      for (const route of ROUTES) {
        const path = { task, lease: "aws-0" };
        const answer = await call(route, world.ports, {
          authorization: own.taskToken,
          path,
          json: { outcome: "success" },
        });
        expect(answer.statusCode).toBe(401);
      }
      expect(traces(world)).toEqual(before);
    },
  );

  it.each([
    "",
    "aws-1",
    "aws-00",
    "AWS-0",
    "aws-0/",
    "aws-0\u0000",
    "__proto__",
    "constructor",
    "length",
    "0",
    "*",
    "../aws-0",
  ])("opens no lease but its own: %j", async (lease) => {
    const { world, own } = await scene();
    const sessionsBefore = world.ports.sessions.asked.length;
    const answer = await call("GET /v1/tasks/{task}/credentials/{lease}", world.ports, {
      authorization: own.taskToken,
      path: { task: own.task, lease },
    });
    expect([answer.statusCode, JSON.parse(answer.body).code]).toEqual([404, "lease_unknown"]);
    expect(world.ports.sessions.asked).toHaveLength(sessionsBefore);
  });
});
