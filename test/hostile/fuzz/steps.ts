import fc from "fast-check";
import type { RouteKey } from "../../../functions/routes.ts";
import { ROUTE_KEYS } from "../call.ts";

/** One request of a sequence, as choices. The tokens and tasks to choose from exist only after the requests before. */
export interface Step {
  readonly route: RouteKey;
  /** Proof of the caller: the right one for the route, another that somebody holds, or rubbish. */
  readonly proof: "right" | "other" | string;
  readonly choice: number;
  readonly details: unknown;
  readonly purpose: string;
  readonly ttl: string | undefined;
  readonly key: string | undefined;
  readonly json: unknown;
  readonly lease: string;
  readonly agent: string;
  /** A part of the finished request in which something is changed. */
  readonly bend: {
    readonly part: "body" | "authorization" | "task" | "query" | "type" | "nothing";
    readonly at: number;
    readonly text: string;
  };
  readonly waitSeconds: number;
  readonly outage: "store" | "sts" | "keys" | "none";
}

const odd = fc.string({ unit: "binary", maxLength: 40 });
const rubbish = fc.oneof(
  odd,
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.constantFrom("", "\u0000", "__proto__", "\ud800", "a".repeat(3_000)),
);

/** Mostly the first arbitrary, sometimes the other. */
const mostly = <T>(good: fc.Arbitrary<T>, other: fc.Arbitrary<T>, weight = 6): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: good }, { weight: 1, arbitrary: other });

const arn = mostly(
  fc.constantFrom(
    "arn:aws:s3:::acme-data",
    "arn:aws:s3:::acme-data/reports/x",
    "arn:aws:s3:::acme-data/reports/*",
    "arn:aws:s3:::acme-payroll/x",
    "*",
  ),
  rubbish,
);
const action = mostly(
  fc.constantFrom("s3:GetObject", "s3:ListBucket", "s3:Get*", "sts:AssumeRole", "tool:Call"),
  rubbish,
);
const conditions = mostly(
  fc.constantFrom<unknown>({ StringEquals: { "s3:prefix": "reports/" } }, { StringLike: { "s3:prefix": ["a*", "b"] } }),
  fc.oneof(fc.anything(), fc.dictionary(rubbish, fc.dictionary(rubbish, rubbish))),
);
const aws = fc.record(
  {
    type: mostly(fc.constant<unknown>("aws"), fc.anything(), 20),
    account: mostly(fc.constant<unknown>("111122223333"), fc.anything(), 20),
    actions: mostly<unknown>(fc.array(action, { minLength: 1, maxLength: 3 }), fc.anything(), 20),
    resources: mostly<unknown>(fc.array(arn, { minLength: 1, maxLength: 3 }), fc.anything(), 20),
    conditions,
  },
  { requiredKeys: ["type", "account", "actions", "resources"] },
);
const tool = fc.record({
  type: fc.constant("tool"),
  server: mostly(fc.constant("tickets"), rubbish),
  tools: fc.array(mostly(fc.constant("search"), rubbish), { maxLength: 3 }),
});
const reports = { type: "aws", account: "111122223333", actions: ["s3:GetObject"] };
const good = fc.constantFrom<unknown[]>(
  [
    { ...reports, resources: ["arn:aws:s3:::acme-data/reports/*"] },
    { type: "tool", server: "tickets", tools: ["search"] },
  ],
  [
    { ...reports, resources: ["arn:aws:s3:::acme-data/reports/x"] },
    { type: "tool", server: "tickets", tools: ["search"] },
  ],
  [{ ...reports, resources: ["arn:aws:s3:::acme-payroll/x"] }],
);
/** Needs people's approval: the fuzzed world has a permit for it with `@approval`. */
const PUBLISHING = {
  type: "aws",
  account: "111122223333",
  actions: ["s3:PutObject"],
  resources: ["arn:aws:s3:::acme-data/published/x"],
};
const MENDING = { ...PUBLISHING, resources: ["arn:aws:s3:::acme-data/mended/x"] };
const details = fc.oneof(
  { weight: 6, arbitrary: good },
  { weight: 2, arbitrary: fc.constantFrom([PUBLISHING], [MENDING]) },
  { weight: 3, arbitrary: fc.array(fc.oneof<fc.Arbitrary<unknown>[]>(aws, tool), { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.anything() },
);

const registration = fc.record(
  {
    id: mostly<unknown>(fc.constantFrom("one", "two", "demo"), fc.anything(), 12),
    name: mostly<unknown>(fc.constant("One"), rubbish, 12),
    owner: mostly<unknown>(fc.constant("owner@acme.test"), rubbish, 12),
    team: mostly<unknown>(fc.constant("demo"), rubbish, 12),
    bindings: mostly<unknown>(
      fc.array(
        fc.record({
          issuer: mostly(fc.constantFrom("robots", "mesh"), rubbish, 12),
          claims: fc.record({ sub: mostly(fc.constantFrom("agent:one", "agent:two"), rubbish, 12) }),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      fc.anything(),
      12,
    ),
    limits: mostly<unknown>(fc.constant({ live_tasks: 3, tasks_per_minute: 5 }), fc.anything()),
    ends_at: mostly<unknown>(fc.constant("2027-01-01T00:00:00Z"), fc.anything()),
  },
  { requiredKeys: ["id", "name", "owner", "team", "bindings"] },
);
const outcome = fc.oneof<fc.Arbitrary<unknown>[]>(
  fc.constantFrom({ outcome: "success" }, { outcome: "failure", detail: "no\nsuch file" }),
  fc.record({ outcome: fc.constant("failure"), detail: rubbish }),
);

/** A panic or the halt of an account is rare, since little is left to attack after one. */
const panic = fc.oneof(
  fc.record({ reason: rubbish }),
  fc.constant({ reason: "a drill" }),
  fc.anything(),
  fc.anything(),
);
const condition = fc.oneof(
  fc.constant({ scope: "team:demo", seconds: 600, reason: "a drill" }),
  fc.record({
    scope: fc.oneof(fc.constantFrom("hub", "agent:demo"), rubbish),
    reason: rubbish,
    seconds: fc.anything(),
  }),
  fc.anything(),
);
const recheck = fc.oneof(
  fc.constant({ scope: "team:demo", dry_run: true }),
  fc.record({ scope: fc.oneof(fc.constantFrom("hub", "agent:demo"), rubbish), after: fc.anything() }),
  fc.anything(),
);
const change = fc.record(
  {
    name: mostly<unknown>(fc.constant("Another"), rubbish),
    owner: mostly<unknown>(fc.constant("owner@acme.test"), rubbish),
    limits: mostly<unknown>(fc.constant({ live_tasks: 2 }), fc.anything()),
    ends_at: mostly<unknown>(fc.constant("2027-01-01T00:00:00Z"), fc.anything()),
  },
  { requiredKeys: [] },
);
const rehearsal = fc.record({
  acts: fc.array(
    fc.oneof<fc.Arbitrary<unknown>[]>(
      fc.record({ act: fc.constant("register"), body: registration }),
      fc.record({ act: mostly(fc.constantFrom("change", "resume", "suspend"), rubbish), body: change }),
      fc.constant({ act: "suspend" }),
    ),
    { minLength: 1, maxLength: 3 },
  ),
});
const reason = fc.constantFrom({}, { reason: "an incident" });
const BODIES: Partial<Record<RouteKey, fc.Arbitrary<unknown>>> = {
  "POST /v1/agents/{agent}/offboard": reason,
  "POST /v1/agents/{agent}/suspend": reason,
  "POST /v1/agents": registration,
  "POST /v1/agents/{agent}": change,
  "POST /v1/agents/{agent}/rehearse": rehearsal,
  "POST /v1/consents": fc.constant("consent"),
  "POST /v1/policies/explain": fc.record(
    {
      agent: mostly<unknown>(fc.constant("demo"), fc.anything()),
      authorization_details: details,
      purpose: mostly<unknown>(fc.constant("look"), rubbish),
      task_ttl: mostly<unknown>(fc.constant(900), fc.anything()),
      at: mostly<unknown>(fc.constant("2026-11-24T12:00:00Z"), rubbish),
      source_ip: mostly<unknown>(fc.constant("203.0.113.7"), rubbish),
      claims: mostly<unknown>(fc.constant({ ref: "refs/heads/main" }), fc.anything()),
      on_behalf_of: mostly<unknown>(
        fc.constant({ issuer: "staff", person: "pat", groups: ["support"] }),
        fc.anything(),
      ),
    },
    { requiredKeys: ["agent", "authorization_details"] },
  ),
  "POST /v1/agents/{agent}/threat-model": fc.oneof(fc.constant("acceptance"), fc.constant("acceptance"), fc.anything()),
  "POST /v1/panic": panic,
  "POST /v1/accounts/{account}/halt": panic,
  "POST /v1/conditions/{condition}/tighten": condition,
  "POST /v1/conditions/{condition}/recheck": recheck,
  "POST /v1/conditions/{condition}/loosen": condition,
  "POST /v1/approvals/{approval}/decide": fc.constantFrom("approve", "approve", "break_glass", "deny"),
};

const step: fc.Arbitrary<Step> = fc
  .oneof(
    { weight: 4, arbitrary: fc.constant<RouteKey>("POST /v1/token") },
    { weight: 6, arbitrary: fc.constantFrom(...ROUTE_KEYS) },
  )
  .chain((route) =>
    fc.record({
      route: fc.constant(route),
      proof: fc.oneof(
        { weight: 9, arbitrary: fc.constant("right") },
        { weight: 3, arbitrary: fc.constant("other") },
        { weight: 1, arbitrary: rubbish },
      ),
      choice: fc.nat(),
      details,
      purpose: mostly(fc.constant("summarise"), rubbish),
      ttl: mostly(fc.constantFrom(undefined, "60", "900"), rubbish),
      key: mostly(fc.constantFrom(undefined, undefined, "key-1"), rubbish),
      json: mostly<unknown>(BODIES[route] ?? outcome, fc.anything()),
      lease: mostly(fc.constant("aws-0"), rubbish, 2),
      agent: mostly(fc.constantFrom("demo", "one", "two", "nobody"), rubbish),
      bend: fc.oneof(
        { weight: 4, arbitrary: fc.constant({ part: "nothing" as const, at: 0, text: "" }) },
        {
          weight: 1,
          arbitrary: fc.record({
            part: fc.constantFrom("body", "authorization", "task", "query", "type"),
            at: fc.nat(),
            text: rubbish,
          }),
        },
      ),
      waitSeconds: fc.oneof(
        { weight: 6, arbitrary: fc.constant(0) },
        { weight: 2, arbitrary: fc.constant(11) },
        { weight: 1, arbitrary: fc.nat(2_000) },
      ),
      outage: fc.oneof(
        { weight: 24, arbitrary: fc.constant("none" as const) },
        { weight: 1, arbitrary: fc.constantFrom("store", "sts", "sts", "sts", "keys") },
      ),
    }),
  );

/** Requests of an honest agent. Most sequences begin with them, since little can be attacked without a task. */
const HONEST: Step = {
  route: "POST /v1/token",
  proof: "right",
  choice: 1,
  details: [
    { ...reports, resources: ["arn:aws:s3:::acme-data/reports/*"] },
    { type: "tool", server: "tickets", tools: ["search"] },
  ],
  purpose: "summarise",
  ttl: undefined,
  key: "key-1",
  json: undefined,
  lease: "aws-0",
  agent: "demo",
  bend: { part: "nothing", at: 0, text: "" },
  waitSeconds: 0,
  outage: "none",
};

export const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    mostly<readonly Step[]>(
      fc.constant([
        { ...HONEST, choice: 2 },
        { ...HONEST, choice: 0 },
      ]),
      // Alternatives: no history at all, or an agent that is gone and left a report.
      fc.constantFrom<readonly Step[]>(
        [],
        [
          { ...HONEST, route: "POST /v1/agents/{agent}/offboard", choice: 2, json: {} },
          { ...HONEST, route: "GET /v1/agents/{agent}/offboarding", choice: 2 },
        ],
      ),
    ),
    fc.array(step, { minLength: 6, maxLength: 14 }),
    // Most sequences end with a request for a task: its answer shows the state of the agent.
    mostly<Step["outage"]>(fc.constant("none"), fc.constantFrom("store", "sts", "keys")),
  )
  .map(([first, then, outage]) => [...first, ...then, { ...HONEST, choice: 2, key: undefined, outage }]);

const REGISTRATION = {
  id: "three",
  name: "Three",
  owner: "owner@acme.test",
  team: "demo",
  bindings: [{ issuer: "robots", claims: { sub: "agent:three" } }],
};
const then = (...more: readonly Partial<Step>[]): readonly Step[] =>
  [{}, { choice: 2 }, ...more].map((step) => ({ ...HONEST, key: undefined, ...step }));

/** Request to S3 that the hub signs. */
const TO_SIGN = {
  lease: "aws-0",
  method: "GET",
  host: "s3.us-east-1.amazonaws.com",
  path: "/acme-data/reports/june.csv",
  query: "",
  headers: [["accept", "*/*"]],
  payload_hash: "UNSIGNED-PAYLOAD",
};

const GIVE: Partial<Step> = { route: "POST /v1/consents", json: "consent", choice: 2 };
const ACCEPT: Partial<Step> = { route: "POST /v1/agents/{agent}/threat-model", json: "acceptance", choice: 2 };
const ABOUT_CONSENTS = [
  "GET /v1/consents",
  "GET /v1/consents/{consent}",
  "POST /v1/consents/{consent}/withdraw",
] as const;

const ASK: Partial<Step> = { details: [PUBLISHING], choice: 2 };
const POLL: Partial<Step> = { choice: 4 };
const decide = (json: string, choice = 2): Partial<Step> => ({
  route: "POST /v1/approvals/{approval}/decide",
  json,
  choice,
});

/** Every route as it is meant to be used, and sequences that chance seldom reaches. */
export const RARE: readonly (readonly Step[])[] = [
  ...ROUTE_KEYS.map((route) => then({ route, choice: 2, json: route.endsWith("{agent}") ? { name: "Another" } : {} })),
  then({ route: "POST /v1/tasks/{task}/sign", choice: 2, json: TO_SIGN }),
  then({ proof: "other", choice: 0 }),
  then({ route: "POST /v1/policies/explain", choice: 2, json: { agent: "demo", authorization_details: [PUBLISHING] } }),
  then(ACCEPT, { route: "GET /v1/agents/{agent}/threat-model", choice: 2 }, ACCEPT),
  then(GIVE, GIVE, ...ABOUT_CONSENTS.map((route) => ({ route, choice: 2 })), GIVE),
  then(ASK, POLL, { route: "GET /v1/approvals", choice: 2 }, decide("approve"), POLL, decide("deny")),
  then(ASK, { route: "GET /v1/approvals/{approval}", choice: 2 }, decide("deny"), POLL, decide("approve")),
  then(ASK, decide("deny"), { ...ASK, waitSeconds: 61 }, { route: "GET /v1/approvals/{approval}/earlier", choice: 2 }),
  then({ details: [MENDING], choice: 2 }, decide("break_glass"), POLL, {
    route: "POST /v1/approvals/{approval}/review",
    choice: 2,
  }),
  then(ASK, decide("approve"), { route: "POST /v1/approvals/{approval}/withdraw", choice: 2 }, POLL),
  then(ASK, decide("approve", 14), { ...decide("approve"), waitSeconds: 1_300 }, POLL),
  then(...[1, 2].map(() => ({ route: "POST /v1/agents" as const, choice: 2, json: REGISTRATION }))),
  then({ route: "GET /v1/tasks/{task}/credentials/{lease}", lease: "none" }),
  then({ route: "POST /v1/agents/{agent}/suspend", choice: 2, json: {} }, { choice: 2 }),
  then({ route: "POST /v1/panic", choice: 2, json: { reason: "a drill" } }, { choice: 2 }),
  then(
    { route: "POST /v1/accounts/{account}/halt", choice: 2, json: { reason: "a drill" } },
    { choice: 2 },
    {
      route: "POST /v1/accounts/{account}/lift",
      choice: 2,
    },
  ),
  then(
    {
      route: "POST /v1/conditions/{condition}/tighten",
      choice: 2,
      json: { scope: "team:demo", seconds: 600, reason: "a drill" },
    },
    { choice: 2 },
    { route: "POST /v1/conditions/{condition}/recheck", choice: 2, json: { scope: "team:demo" } },
    { route: "POST /v1/conditions/{condition}/loosen", choice: 2, json: { scope: "team:demo", reason: "a drill" } },
  ),
  then({ route: "POST /v1/tasks/{task}/end", choice: 2 }, { route: "GET /v1/tasks/{task}/receipt", choice: 2 }),
  then({ route: "POST /v1/tasks/{task}/end", choice: 2 }, { route: "GET /v1/tasks/{task}/ledger", choice: 2 }),
  then({ route: "GET /v1/budgets", choice: 4 }),
  then({ choice: 0 }, { route: "POST /v1/introspect", choice: 0 }),
];
