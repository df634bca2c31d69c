import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS, functionRoleName, PROBE_IDENTITY, SECRET_TAGS, TOKEN_TYPES } from "../../functions/names.ts";
import { ROUTES, type RouteKey } from "../../functions/routes.ts";
import { type ApprovingCloud, EMERGENCY, runApprovingCloud } from "./approving-cloud.ts";
import { ACCOUNT, BUCKET, exchangeParameters, GRANT_TYPE, putRequest } from "./running-cloud.ts";

const HUB = "999900001111";

let running: ApprovingCloud;
beforeAll(async () => {
  running = await runApprovingCloud({ emergency: EMERGENCY });
  const hub = running.cloud.aws.admin(HUB);
  const managed = { [SECRET_TAGS.managed]: "true" };
  hub.createSecret({ name: "demo/api-key", value: "value", tags: { ...managed, [SECRET_TAGS.exclusive]: "true" } });
  hub.createSecret({
    name: "reports/key",
    value: "value",
    ageSeconds: 3_600,
    rotationLambda: `arn:aws:lambda:us-east-1:${HUB}:function:${functionRoleName("rotate")}`,
    tags: { ...managed, [SECRET_TAGS.rotates]: "generated" },
  });
});
afterAll(() => running.close());

/** One request for each outcome of a route that touches AWS in another way. */
interface Step {
  readonly route: RouteKey;
  readonly status: number;
  readonly send: (run: Run) => Promise<Request>;
}

/** What later steps need of earlier ones. */
interface Run {
  taskId: string;
  taskToken: string;
  presentation: string;
  /** Approval that the latest task waits for. */
  approval: string;
}

const form = async (path: string, parameters: Record<string, string>): Promise<Request> =>
  new Request(`${running.url}${path}`, { method: "POST", body: new URLSearchParams(parameters) });
const asAgent = (sub = "agent:demo", aud?: string) => running.cloud.agents.mint({ sub, ...(aud ? { aud } : {}) });
const withKey = async (path: string, more: Record<string, string> = {}) =>
  form(path, { grant_type: GRANT_TYPE, ...exchangeParameters(await asAgent()), idempotency_key: "one", ...more });
const asOperator = async (
  path: string,
  body?: unknown,
  sub = "person:alice",
  groups: readonly string[] = [],
): Promise<Request> =>
  new Request(`${running.url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${await running.cloud.people.mint({ sub, groups })}`,
      "content-type": "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const asBob = (path: string, body?: unknown) => asOperator(path, body, "person:bob", ["sre", "valetkey-approvers"]);
const asHolder = async (path: string, token: string, body?: unknown): Promise<Request> =>
  new Request(`${running.url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const STEPS: readonly Step[] = [
  {
    route: "GET /.well-known/oauth-authorization-server",
    status: 200,
    send: async () => new Request(`${running.url}/.well-known/oauth-authorization-server`),
  },
  { route: "POST /v1/token", status: 200, send: () => withKey("/v1/token") },
  // The key's record is read, the task reopened, its lease renewed or found again.
  { route: "POST /v1/token", status: 200, send: () => withKey("/v1/token") },
  { route: "POST /v1/token", status: 409, send: () => withKey("/v1/token", { purpose: "something else" }) },
  {
    route: "POST /v1/token",
    status: 403,
    send: () => withKey("/v1/token", { authorization_details: '[{"type":"tool","server":"x1","tools":["y"]}]' }),
  },
  {
    route: "POST /v1/token",
    status: 200,
    send: ({ taskToken }) =>
      form("/v1/token", {
        grant_type: GRANT_TYPE,
        subject_token: taskToken,
        subject_token_type: TOKEN_TYPES.accessToken,
        requested_token_type: TOKEN_TYPES.presentation,
        audience: "tickets",
      }),
  },
  {
    route: "GET /v1/tasks/{task}/credentials/{lease}",
    status: 200,
    send: ({ taskId, taskToken }) => asHolder(`/v1/tasks/${taskId}/credentials/aws-0`, taskToken),
  },
  {
    route: "GET /v1/tasks/{task}/credentials/{lease}",
    status: 404,
    send: ({ taskId, taskToken }) => asHolder(`/v1/tasks/${taskId}/credentials/aws-9`, taskToken),
  },
  {
    route: "POST /v1/introspect",
    status: 200,
    send: async ({ presentation }) =>
      form("/v1/introspect", {
        token: presentation,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await asAgent("agent:tickets", `${running.url}/introspect`),
      }),
  },
  { route: "POST /v1/revoke", status: 200, send: ({ presentation }) => form("/v1/revoke", { token: presentation }) },
  {
    route: "GET /v1/tasks/{task}",
    status: 200,
    send: ({ taskId, taskToken }) => asHolder(`/v1/tasks/${taskId}`, taskToken),
  },
  {
    route: "POST /v1/tasks/{task}/complete",
    status: 400,
    send: ({ taskId, taskToken }) => asHolder(`/v1/tasks/${taskId}/complete`, taskToken, { outcome: "maybe" }),
  },
  {
    route: "POST /v1/tasks/{task}/complete",
    status: 200,
    send: ({ taskId, taskToken }) => asHolder(`/v1/tasks/${taskId}/complete`, taskToken, { outcome: "success" }),
  },
  { route: "POST /v1/token", status: 200, send: () => withKey("/v1/token", { idempotency_key: "two" }) },
  { route: "POST /v1/revoke", status: 200, send: ({ taskToken }) => form("/v1/revoke", { token: taskToken }) },
  {
    route: "POST /v1/agents",
    status: 201,
    send: () =>
      asOperator("/v1/agents", {
        id: "fresh",
        name: "Fresh",
        owner: "owner@acme.test",
        team: "demo",
        bindings: [{ issuer: "local", claims: { sub: "agent:fresh" } }],
      }),
  },
  { route: "GET /v1/agents", status: 200, send: () => asOperator("/v1/agents") },
  { route: "GET /v1/agents/{agent}", status: 200, send: () => asOperator("/v1/agents/demo") },
  { route: "GET /v1/agents", status: 403, send: () => asOperator("/v1/agents", undefined, "person:mallory") },
  { route: "POST /v1/token", status: 200, send: () => withKey("/v1/token", { idempotency_key: "three" }) },
  { route: "GET /v1/tasks", status: 200, send: () => asOperator("/v1/tasks?agent=demo") },
  { route: "POST /v1/tasks/{task}/end", status: 200, send: ({ taskId }) => asOperator(`/v1/tasks/${taskId}/end`, {}) },
  {
    route: "GET /v1/tasks/{task}/receipt",
    status: 200,
    send: ({ taskId }) => asOperator(`/v1/tasks/${taskId}/receipt`),
  },
  {
    route: "GET /v1/tasks/{task}/ledger",
    status: 200,
    send: ({ taskId }) => asOperator(`/v1/tasks/${taskId}/ledger`),
  },
  { route: "POST /v1/token", status: 200, send: () => withKey("/v1/token", { idempotency_key: "four" }) },
  { route: "POST /v1/agents/{agent}/suspend", status: 200, send: () => asOperator("/v1/agents/demo/suspend", {}) },
  { route: "POST /v1/agents/{agent}/resume", status: 200, send: () => asOperator("/v1/agents/demo/resume", {}) },
  { route: "GET /v1/secrets", status: 200, send: () => asOperator("/v1/secrets") },
  { route: "GET /v1/secrets/{secret}", status: 200, send: () => asOperator("/v1/secrets/reports~key") },
  {
    route: "POST /v1/secrets/{secret}/rotate",
    status: 202,
    send: () => asOperator("/v1/secrets/reports~key/rotate", {}),
  },
  { route: "POST /v1/agents/{agent}", status: 200, send: () => asOperator("/v1/agents/fresh", { name: "Fresher" }) },
  { route: "POST /v1/agents/{agent}/confirm", status: 200, send: () => asOperator("/v1/agents/fresh/confirm", {}) },
];

const A_SECRET = JSON.stringify([{ type: "secret", actions: ["read"], identifiers: ["demo/api-key"] }]);

/** After these nothing is named in IAM any more: they end all there is. */
const LAST_STEPS: readonly Step[] = [
  {
    route: "POST /v1/token",
    status: 200,
    send: () => withKey("/v1/token", { authorization_details: A_SECRET, idempotency_key: "secret" }),
  },
  {
    route: "POST /v1/tasks/{task}/complete",
    status: 200,
    send: ({ taskId, taskToken }) => asHolder(`/v1/tasks/${taskId}/complete`, taskToken, { outcome: "success" }),
  },
  { route: "POST /v1/agents/{agent}/offboard", status: 200, send: () => asOperator("/v1/agents/fresh/offboard", {}) },
  {
    route: "GET /v1/agents/{agent}/offboarding",
    status: 200,
    send: () => asOperator("/v1/agents/fresh/offboarding"),
  },
  { route: "POST /v1/panic", status: 200, send: () => asOperator("/v1/panic", { reason: "a drill" }) },
  { route: "GET /v1/panic", status: 200, send: () => asOperator("/v1/panic") },
  { route: "POST /v1/token", status: 403, send: () => withKey("/v1/token", { idempotency_key: "five" }) },
  { route: "POST /v1/panic/lift", status: 200, send: () => asOperator("/v1/panic/lift", {}) },
  // It knows a secret, whose rotation is the sweep's to ask for.
  { route: "POST /v1/agents/{agent}/offboard", status: 200, send: () => asOperator("/v1/agents/demo/offboard", {}) },
  { route: "GET /v1/agents/{agent}/offboarding", status: 200, send: () => asOperator("/v1/agents/demo/offboarding") },
];

const publish = (file: string): Step => ({
  route: "POST /v1/token",
  status: 200,
  send: async () =>
    form("/v1/token", {
      grant_type: GRANT_TYPE,
      ...exchangeParameters(await asAgent("agent:publisher")),
      authorization_details: JSON.stringify([
        {
          ...{ type: "aws", account: ACCOUNT, actions: ["s3:PutObject"] },
          resources: [`arn:aws:s3:::${BUCKET}/published/${file}`],
        },
      ]),
    }),
});
const poll = (status: number): Step => ({
  route: "POST /v1/token",
  status,
  send: ({ taskToken }) =>
    form("/v1/token", {
      grant_type: GRANT_TYPE,
      subject_token: taskToken,
      subject_token_type: TOKEN_TYPES.task,
      requested_token_type: TOKEN_TYPES.task,
    }),
});
const decide = (decision: (run: Run) => Promise<object>): Step => ({
  route: "POST /v1/approvals/{approval}/decide",
  status: 200,
  send: async (run) => asBob(`/v1/approvals/${run.approval}/decide`, await decision(run)),
});
const vote = decide(async ({ approval }) => ({
  decision: "approve",
  vote: await running.voting.voteFor("person:bob", approval),
}));

/** A person approves one request, denies another, and approves and withdraws a third. */
const PEOPLES_STEPS: readonly Step[] = [
  {
    route: "POST /v1/agents",
    status: 201,
    send: () =>
      asOperator("/v1/agents", {
        ...{ id: "publisher", name: "Publisher", owner: "staff|person:alice", team: "demo" },
        bindings: [{ issuer: "local", claims: { sub: "agent:publisher" } }],
      }),
  },
  publish("weekly.csv"),
  poll(400),
  {
    route: "GET /v1/tasks/{task}",
    status: 200,
    send: ({ taskId, taskToken }) => asHolder(`/v1/tasks/${taskId}`, taskToken),
  },
  { route: "GET /v1/approvals", status: 200, send: () => asBob("/v1/approvals") },
  { route: "GET /v1/approvals/{approval}", status: 200, send: ({ approval }) => asBob(`/v1/approvals/${approval}`) },
  vote,
  poll(200),
  {
    route: "GET /v1/tasks/{task}/credentials/{lease}",
    status: 200,
    send: ({ taskId, taskToken }) => asHolder(`/v1/tasks/${taskId}/credentials/aws-0`, taskToken),
  },
  publish("monthly.csv"),
  decide(async () => ({ decision: "deny", reason: "not today" })),
  poll(403),
  publish("yearly.csv"),
  vote,
  {
    route: "POST /v1/approvals/{approval}/withdraw",
    status: 200,
    send: ({ approval }) => asBob(`/v1/approvals/${approval}/withdraw`, {}),
  },
  poll(403),
];

/** Route that one person takes after another has broken the glass. */
const REVIEW = "POST /v1/approvals/{approval}/review";

/** One person breaks the glass, and another reviews it. @returns the answers to both. */
async function breakGlass(): Promise<readonly string[]> {
  const { voting } = running;
  await running.register("restorer");
  const waiting = await running.ask("restorer", "emergency/a.csv");
  const broken = await voting.breakGlass("person:bob", waiting.approval);
  await running.poll(waiting);
  return [broken, await voting.review("person:carol", waiting.approval)];
}

/** Takes every step in order. @returns the status of each. */
async function takeSteps(steps: readonly Step[]): Promise<readonly number[]> {
  const run: Run = { taskId: "", taskToken: "", presentation: "", approval: "" };
  const statuses: number[] = [];
  for (const { send } of steps) {
    const answer = await fetch(await send(run));
    statuses.push(answer.status);
    const text = await answer.text();
    if (answer.status !== 200 || text === "") continue;
    const { access_token: token = "", task } = JSON.parse(text) as {
      readonly access_token?: string;
      readonly task?: { readonly id?: string; readonly approval?: { readonly id: string } };
    };
    if (token.startsWith("vkp_")) run.presentation = token;
    if (token.startsWith("vk_")) Object.assign(run, { taskToken: token, taskId: task?.id ?? "" });
    if (task?.approval) run.approval = task.approval.id;
  }
  return statuses;
}

/** Tasks that the revocation policies name. */
const namesInIam = (): readonly string[] =>
  [0, 1]
    .flatMap((index) =>
      Object.values(running.cloud.aws.rolePolicies(`arn:aws:iam::${ACCOUNT}:role/valetkey-task-${index}`).inline),
    )
    .join("")
    .match(/\*:[a-z0-9]{12}\.\*/g) ?? [];
let named: readonly string[] = [];

describe("each function may do in AWS what its work takes: the embedded AWS enforces the role of each", () => {
  it("every route and trigger does its work, and nothing that a function tries is denied", async () => {
    expect(await takeSteps(STEPS)).toEqual(STEPS.map(({ status }) => status));
    await running.cloud.settled();
    named = namesInIam();
    await putRequest(running.cloud, "agent.suspend", { agent: "fresh" });
    await running.cloud.settled();
    expect(await takeSteps(PEOPLES_STEPS)).toEqual(PEOPLES_STEPS.map(({ status }) => status));
    expect(await breakGlass()).toEqual(["200 approved", "200 reviewed"]);
    await running.cloud.settled();
    expect(await takeSteps(LAST_STEPS)).toEqual(LAST_STEPS.map(({ status }) => status));
    await running.cloud.settled();
    // A value of the second in which the secret was read may be the one that was read.
    await pause(1_000);
    expect(await running.cloud.hosts.sweep.invoke({})).toMatchObject({ failed: 0 });
    const left = await fetch(await asOperator("/v1/agents/demo/offboarding"));
    expect(((await left.json()) as { report: object }).report).toMatchObject({
      secrets: { entries: [{ secret: "demo/api-key", status: "pending_rotation", asked_at: expect.any(String) }] },
    });
    await running.cloud.hosts.rotate.invoke({ mode: "due" });
    await running.cloud.settled();

    await running.cloud.probed();
    await running.cloud.hosts.archive.invoke({});

    // To be refused is what a canary is for.
    const denied = running.calls.filter(
      ({ decision, sourceIdentity }) => decision === "Denied" && sourceIdentity !== PROBE_IDENTITY,
    );
    expect(denied.map(({ sessionName, action, resource, why }) => ({ sessionName, action, resource, why }))).toEqual(
      [],
    );
    // A broken glass rings at both functions, and nothing else does.
    const errors = readFileSync(running.cloud.logFile, "utf8").match(/"level":"error","event":"\w+"/g) ?? [];
    expect(errors.map((error) => error.split('"').at(-2))).toEqual(["glass_asked", "glass_broken"]);
  });

  it("the run was a whole one: every route, every function, and every ending reached IAM", () => {
    const taken = new Set<string>([...STEPS, ...LAST_STEPS, ...PEOPLES_STEPS].map(({ route }) => route)).add(REVIEW);
    expect(ROUTES.map(({ method, path }) => `${method} ${path}`).filter((route) => !taken.has(route))).toEqual([]);
    const callers = new Set(running.calls.map(({ sessionName }) => sessionName));
    // The console asks AWS for nothing.
    const calling = FUNCTIONS.filter((name) => name !== "console");
    expect(calling.filter((name) => !callers.has(functionRoleName(name)))).toEqual([]);
    // Completed, revoked, ended and ended with the agent: four tasks, each named once.
    expect(named).toHaveLength(4);
  });
});
