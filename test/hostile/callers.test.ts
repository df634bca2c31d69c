import { describe, expect, it } from "vitest";
import type { RouteKey } from "../../functions/routes.ts";
import { exchangeForm } from "../fakes/fake-world.ts";
import { call } from "./call.ts";
import { type HostileWorld, hostileWorld } from "./hostile-world.ts";
import { DETAILS, type HeldTokens, openedTask, presentationForm, serverToken } from "./opened-task.ts";
import { secretsIn } from "./secrets-in.ts";
import { traces } from "./traces.ts";

interface Scene {
  readonly world: HostileWorld;
  /** The task that is attacked; another of the same agent; one of another agent of the same team. */
  readonly own: HeldTokens;
  readonly sister: HeldTokens;
  readonly foreign: HeldTokens;
}

async function scene(): Promise<Scene> {
  const world = hostileWorld();
  world.addAgent({ id: "agent-of-mesh", bindings: [{ issuer: "mesh", claims: { sub: "agent:meshed" } }] });
  const [own, sister] = [await openedTask(world), await openedTask(world)];
  return { world, own, sister, foreign: await openedTask(world, { issuer: "mesh" }) };
}

/** The text with its last character changed to another of base64url that is valid in its place. */
const bent = (token: string): string => token.slice(0, -1) + (token.endsWith("A") ? "E" : "A");
const secretOf = (token: string): string => token.slice(token.lastIndexOf("._") + 2);

/** Everything that somebody may hold who does not hold this task's own token. */
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
  ["the hash that the record keeps", ({ world, own }) => world.ports.tasks.tasks.get(own.task)?.tokens[0]],
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

const operatorToken = (world: HostileWorld, claims: Readonly<Record<string, unknown>> = {}): string =>
  world.mint({ issuer: "staff", claims: { aud: "https://valetkey.test/operate", ...claims } });

const ROUTES = [
  "GET /v1/tasks/{task}/credentials/{lease}",
  "GET /v1/tasks/{task}",
  "POST /v1/tasks/{task}/complete",
] as const satisfies readonly RouteKey[];

describe.each(WRONG)("with %s", (_, tokenOf) => {
  it.each(ROUTES)("%s is closed", async (route) => {
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

  it("no presentation token is to be had, and no task ends", async () => {
    const it = await scene();
    // What opens its own task, or ends itself, is not meant here.
    const token = tokenOf(it);
    if (token === undefined || [it.sister.taskToken, it.foreign.taskToken, it.own.presentation].includes(token)) return;
    const before = traces(it.world);
    const presented = await call("POST /v1/token", it.world.ports, { form: presentationForm(token) });
    expect(JSON.parse(presented.body).code).toBe("task_token_invalid");
    expect(await call("POST /v1/revoke", it.world.ports, { form: { token } })).toMatchObject({
      statusCode: 200,
      body: "",
    });
    expect(traces(it.world)).toEqual(before);
  });
});

describe("a token in another task's address", () => {
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
    const asked = world.ports.sessions.asked.length;
    const answer = await call("GET /v1/tasks/{task}/credentials/{lease}", world.ports, {
      authorization: own.taskToken,
      path: { task: own.task, lease },
    });
    expect([answer.statusCode, JSON.parse(answer.body).code]).toEqual([404, "lease_unknown"]);
    expect(world.ports.sessions.asked).toHaveLength(asked);
  });
});

describe("introspection", () => {
  const INACTIVE = { statusCode: 200, body: '{"active":false}' };
  const ask = (world: HostileWorld, token: string, assertion: string) =>
    call("POST /v1/introspect", world.ports, { form: { token }, authorization: `Bearer ${assertion}` });

  it("answers the tool server that the token is for", async () => {
    const { world, own } = await scene();
    const answer = await ask(world, own.presentation, serverToken(world));
    expect(JSON.parse(answer.body)).toMatchObject({ active: true, task: own.task, aud: "tickets" });
    expect(JSON.parse(answer.body).authorization_details).toEqual([DETAILS[1]]);
  });

  it("tells another agent nothing, not even the agent itself", async () => {
    const { world, own } = await scene();
    world.addAgent({ id: "eavesdropper" });
    for (const sub of ["agent:eavesdropper", "agent:demo"]) {
      expect(await ask(world, own.presentation, serverToken(world, sub))).toMatchObject(INACTIVE);
    }
  });

  it("tells the tool server nothing of task tokens, guesses and other things", async () => {
    const { world, own } = await scene();
    const guess = `vkp_${own.task}_${"A".repeat(43)}`;
    for (const token of [
      own.taskToken,
      own.taskToken.replace("vk_", "vkp_"),
      guess,
      bent(own.presentation),
      own.oidc,
      own.task,
    ]) {
      expect(await ask(world, token, serverToken(world))).toMatchObject(INACTIVE);
    }
  });

  it("tells the tool server nothing any more once the task or the token has ended", async () => {
    const { world, own, sister } = await scene();
    await call("POST /v1/revoke", world.ports, { form: { token: own.presentation } });
    await call("POST /v1/revoke", world.ports, { form: { token: sister.taskToken } });
    for (const { presentation } of [own, sister]) {
      expect(await ask(world, presentation, serverToken(world))).toMatchObject(INACTIVE);
    }
  });

  it.each<readonly [string, (scene: Scene) => string]>([
    ["a stranger's token", ({ world }) => serverToken(world, "agent:nobody")],
    ["a token for exchange", ({ world }) => world.mint({ claims: { sub: "agent:tickets" } })],
    [
      "a token for operation",
      ({ world }) => world.mint({ claims: { sub: "agent:tickets", aud: "https://valetkey.test/operate" } }),
    ],
    [
      "a person's token",
      ({ world }) => world.mint({ issuer: "staff", claims: { aud: "https://valetkey.test/introspect" } }),
    ],
    ["the presentation token itself", ({ own }) => own.presentation],
    ["the task's token", ({ own }) => own.taskToken],
    ["nothing that is a token", () => "secret"],
  ])("is closed to %s", async (_, assertion) => {
    const it = await scene();
    const before = traces(it.world);
    const answer = await ask(it.world, it.own.presentation, assertion(it));
    expect([answer.statusCode, JSON.parse(answer.body).code]).toEqual([401, "client_unauthenticated"]);
    const bare = await call("POST /v1/introspect", it.world.ports, { form: { token: it.own.presentation } });
    expect(bare.statusCode).toBe(401);
    expect(traces(it.world)).toEqual(before);
  });

  it("is closed to a suspended tool server", async () => {
    const { world, own } = await scene();
    world.addAgent({ id: "tickets", status: "suspended" });
    expect((await ask(world, own.presentation, serverToken(world))).statusCode).toBe(401);
  });

  it("takes one way of authentication, not two", async () => {
    const { world, own } = await scene();
    const form = {
      token: own.presentation,
      client_assertion: serverToken(world, "agent:nobody"),
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    };
    const both = await call("POST /v1/introspect", world.ports, { form, authorization: serverToken(world) });
    expect(JSON.parse(both.body).code).toBe("malformed_request");
  });
});

describe("another's idempotency key", () => {
  const open = async (world: HostileWorld, token: string, purpose = "summarise the weekly report") => {
    const form = { ...exchangeForm(token, DETAILS), purpose, idempotency_key: "deploy-42" };
    const answer = await call("POST /v1/token", world.ports, { form });
    return { status: answer.statusCode, ...JSON.parse(answer.body) };
  };

  it("opens a task of one's own, not the other agent's", async () => {
    const { world } = await scene();
    const first = await open(world, world.mint());
    const other = await open(world, world.mint({ issuer: "mesh" }));
    expect([first.status, other.status]).toEqual([200, 200]);
    expect(other.task.id).not.toBe(first.task.id);
    expect(world.ports.tasks.tasks.get(other.task.id)).toMatchObject({ agent: "agent-of-mesh" });
  });

  it("opens a task of one's own to another workload that is bound to the same agent", async () => {
    const { world } = await scene();
    world.addAgent({ id: "demo", bindings: ["a", "b"].map((sub) => ({ issuer: "robots", claims: { sub } })) });
    const [first, other] = [
      await open(world, world.mint({ claims: { sub: "a" } })),
      await open(world, world.mint({ claims: { sub: "b" } })),
    ];
    expect(other.task.id).not.toBe(first.task.id);
  });

  it("does not turn one request into another", async () => {
    const { world } = await scene();
    await open(world, world.mint());
    expect(await open(world, world.mint(), "empty the bucket")).toMatchObject({
      status: 409,
      code: "idempotency_conflict",
    });
  });
});

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
    ["GET /v1/tasks", { query: "agent=demo" }],
    ["POST /v1/tasks/{task}/end", { path: { task: "{own}" } }],
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
    "$route is closed to $what",
    async ({ route, given, token }) => {
      const it = await scene();
      const before = traces(it.world);
      const answer = await call(route, it.world.ports, { ...withOwn(given, it), authorization: `Bearer ${token(it)}` });
      expect([answer.statusCode, JSON.parse(answer.body).code]).toEqual([401, "operator_token_invalid"]);
      expect(traces(it.world)).toEqual(before);
    },
  );

  it.each(routes)(
    "%s is closed to a person whom no policy names, and that stands in the journal",
    async (route, given) => {
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
    },
  );

  it("tell whoever may not look as much about an agent that does not exist", async () => {
    const { world } = await scene();
    const token = () => operatorToken(world, { sub: "mallory" });
    const [known, unknown] = [
      await call("GET /v1/agents/{agent}", world.ports, { authorization: token(), path: { agent: "demo" } }),
      await call("GET /v1/agents/{agent}", world.ports, { authorization: token(), path: { agent: "nobody" } }),
    ];
    expect(unknown).toEqual(known);
  });
});

const withOwn = (given: object, { own }: Scene): object =>
  JSON.parse(JSON.stringify(given).replaceAll("{own}", own.task));
