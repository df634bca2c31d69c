import { parse } from "valibot";
import { describe, expect, it } from "vitest";
import { type Config, configSchema } from "../../../infra/config/schema.ts";
import { rule } from "../policy-tools/run-policy.ts";
import { modelOf, REGISTRATION } from "./model-of.ts";

const CONFIG = parse(configSchema, {
  hub: { account: "999900001111", region: "eu-central-1" },
  url: "https://valetkey.example.com",
  issuers: [
    { name: "github", kind: "agents", preset: "github-actions" },
    { name: "mesh", kind: "agents", preset: "generic", url: "https://mesh.example.com" },
    {
      name: "staff",
      kind: "people",
      preset: "generic",
      url: "https://login.example.com",
      onBehalf: true,
      groupsClaim: "groups",
      approvals: { clientId: "approvals", freshness: "auth_time" },
    },
  ],
  accounts: [{ id: "111122223333", region: "eu-central-1", taskRoles: 4 }],
  approvers: {
    sre: { issuer: "staff", claim: "groups", value: "sre" },
    leads: { issuer: "staff", persons: ["ann", "bea"] },
  },
  operators: [],
}) as Config;

const model = (policies: string, registration: object = REGISTRATION) => modelOf(CONFIG, policies, registration);

const READS = rule({ id: "reads" });
const forbid = (when: string, more: Parameters<typeof rule>[0] = {}) =>
  rule({ id: "never", effect: "forbid", principal: "principal is Agent", action: "action", when, ...more });
const when = (condition: string, more: Parameters<typeof rule>[0] = {}) =>
  rule({ id: "reads", when: `resource.arn like "arn:aws:s3:::acme/*" && ${condition}`, ...more });
const FOR_ALL = rule({ id: "reads", principal: "principal is Agent" });
const ALWAYS = 'resource.arn like "*"';

/** Policies before a change that widens what the agent may do, or what it may do without somebody's word, and after it. */
const WIDER: readonly (readonly [what: string, before: string, after: string])[] = [
  // A forbid that goes.
  ...(
    [
      ["labels", '!(principal.labels.contains("deployer"))'],
      ["a label that the agent has not", 'principal.labels.contains("intern")'],
      ["the owner", 'principal.owner == "staff|eve"'],
      ["the owner, by a pattern", 'principal.owner like "guests|*"'],
      ["the id", 'principal.id like "test-*"'],
      ["the hour", "context.time.hour < 6"],
      ["the day", "context.time.weekday == 6"],
      ["the purpose", 'context.purpose == "tests"'],
      ["the address", 'context has sourceIp && !context.sourceIp.isInRange(ip("10.0.0.0/8"))'],
      ["the tasks above", "context.delegation.depth > 1"],
      ["the person", 'context has onBehalfOf && context.onBehalfOf.issuer == "staff"'],
      ["claims", 'principal.hasTag("ref") && principal.getTag("ref") != "refs/heads/main"'],
      ["the asked time", "context.ttl > 600"],
      ["tags of the resource", 'resource.tags has "class" && resource.tags["class"] == "secret"'],
      ["the resource", 'resource.arn like "*/pii/*"'],
      [
        "more than a clause can say",
        `!(${Array.from({ length: 9 }, (_, n) => `(context.purpose == "a${n}" && context.time.hour == ${n})`).join(" || ")})`,
      ],
    ] as const
  ).map(([what, condition]) => [`a forbid less, on ${what}`, READS + forbid(condition), READS] as const),
  ["a forbid less, of the agent alone", READS + forbid(ALWAYS, { principal: 'principal == Agent::"reporter"' }), READS],
  [
    "a forbid less, of the agent at night",
    READS + forbid("context.time.hour < 6", { principal: 'principal == Agent::"reporter"' }),
    READS,
  ],
  [
    "a forbid less, of the team, on a permit of everybody",
    FOR_ALL + forbid(ALWAYS, { principal: 'principal in Team::"data"' }),
    FOR_ALL,
  ],
  [
    "a forbid less, of the team, on a permit of the agent",
    rule({ id: "reads", principal: 'principal == Agent::"reporter"' }) +
      forbid(ALWAYS, { principal: 'principal in Team::"data"' }),
    rule({ id: "reads", principal: 'principal == Agent::"reporter"' }),
  ],
  [
    "a forbid that is observed only",
    READS + forbid("context.time.hour < 6"),
    READS + forbid("context.time.hour < 6", { notes: '@mode("shadow")' }),
  ],
  ["a forbid of fewer hours", READS + forbid("context.time.hour < 6"), READS + forbid("context.time.hour < 5")],
  [
    "a forbid of fewer actions",
    READS + forbid("context.time.hour < 6"),
    READS + forbid("context.time.hour < 6", { action: 'action == Action::"s3:GetObjectVersion"' }),
  ],
  [
    "a forbid of a smaller group",
    READS + forbid("context.time.hour < 6", { action: 'action in Action::"aws:Read"' }),
    READS + forbid("context.time.hour < 6", { action: 'action in Action::"s3:List"' }),
  ],
  [
    "a forbid of one team less",
    READS + forbid("context.time.hour < 6"),
    READS + forbid("context.time.hour < 6", { principal: 'principal in Team::"web"' }),
  ],

  // A condition of a permit that goes.
  ["a permit at each hour", when("context.time.hour < 6"), when("true")],
  ["a permit at more hours", when("context.time.hour < 6"), when("context.time.hour < 7")],
  ["a permit for each purpose", when('context.purpose == "tests"'), when("true")],
  [
    "a permit from each address",
    when('context has sourceIp && context.sourceIp.isInRange(ip("10.0.0.0/8"))'),
    when("true"),
  ],
  [
    "a permit for each branch",
    when('principal.hasTag("ref") && principal.getTag("ref") == "refs/heads/main"'),
    when("true"),
  ],
  ["a permit below each task", when("context.delegation.depth == 0"), when("true")],
  [
    "a permit for each person",
    when('context has onBehalfOf && context.onBehalfOf.person == "ann"'),
    when("context has onBehalfOf"),
  ],
  ["a permit for nobody's label", when('principal.labels.contains("deployer")'), when("true")],
  ["a permit by an unless that goes", `${READS.trim().slice(0, -1)} unless { context.time.hour > 6 };`, READS],

  // Terms.
  ...(
    [
      ["approval", '@approval("sre")', ""],
      ["fewer votes", '@approval("sre=2")', '@approval("sre")'],
      ["another group", '@approval("sre")', '@approval("leads")'],
      ["standing", '@approval("sre")', '@approval("sre") @standing("5/7d")'],
      ["a longer standing", '@approval("sre") @standing("5/7d")', '@approval("sre") @standing("6/7d")'],
      ["a broken glass", '@approval("sre=2") @maxTtl("15m")', '@approval("sre=2") @maxTtl("15m") @breakGlass'],
      ["consent", "@consent", ""],
      ["longer tasks", '@maxTtl("5m")', '@maxTtl("6m")'],
      ["tasks of any length", '@maxTtl("5m")', ""],
      ["any address", "@bindIp", ""],
    ] as const
  ).map(
    ([what, one, other]) =>
      [`terms: ${what}`, rule({ id: "reads", notes: one }), rule({ id: "reads", notes: other })] as const,
  ),
  [
    "terms: no rotation",
    rule({
      id: "a",
      notes: "@rotateAfterUse",
      action: 'action == Action::"secret:Read"',
      resource: "resource is Secret",
      when: 'resource.name == "a"',
    }),
    rule({
      id: "a",
      action: 'action == Action::"secret:Read"',
      resource: "resource is Secret",
      when: 'resource.name == "a"',
    }),
  ],

  // Permits.
  ["a permit more", READS, READS + rule({ id: "writes", action: 'action == Action::"s3:PutObject"' })],
  ["a permit that was observed", READS.replace("permit", '@mode("shadow") permit'), READS],
  ["a group for an action", READS, rule({ id: "reads", action: 'action in Action::"s3:Read"' })],
  [
    "what outlives the task",
    rule({ id: "a", action: 'action in [Action::"s3:GetObject", Action::"s3:PutBucketPolicy"]' }),
    rule({
      id: "a",
      notes: '@outlives("meant")',
      action: 'action in [Action::"s3:GetObject", Action::"s3:PutBucketPolicy"]',
    }),
  ],
  [
    "a permit of everybody",
    rule({ id: "a", principal: 'principal in Team::"web"' }),
    rule({ id: "a", principal: "principal is Agent" }),
  ],
];

describe("a change of policies that widens", () => {
  it.each(WIDER)("has another hash and another text: %s", (_what, before, after) => {
    const [one, other] = [model(before), model(after)];
    expect(other.hashes).not.toBe(one.hashes);
    expect(other.text).not.toBe(one.text);
  });
});

describe("a change of policies that is not about the agent", () => {
  it.each([
    ["a permit of operators", 'permit (principal, action in Action::"valetkey:Operate", resource);'],
    ["a forbid of operators", 'forbid (principal, action == Action::"valetkey:EndTask", resource);'],
    ["a permit for people", 'permit (principal is User, action == Action::"s3:GetObject", resource is AWS::Resource);'],
    ["a permit of another team", rule({ id: "o", principal: 'principal in Team::"web"' })],
    ["a permit of another agent", rule({ id: "o", principal: 'principal == Agent::"web-1"' })],
    ["a forbid of another agent", forbid("context.time.hour < 6", { principal: 'principal == Agent::"web-1"' })],
    ["a forbid of another team", forbid("context.time.hour < 6", { principal: 'principal in Team::"web"' })],
    ["a forbid of all teams but its own", forbid('principal.team != "data"')],
    ["a forbid of another bucket", forbid('resource.arn like "arn:aws:s3:::other/*" && context.time.hour < 6')],
    ["a forbid of another service", forbid("context.time.hour < 6", { action: 'action == Action::"sqs:SendMessage"' })],
  ])("has the same hashes: %s", (_what, more) => {
    const text = more.startsWith("@") ? more : `@id("more") ${more}`;
    expect(model(READS + text).hashes).toBe(model(READS).hashes);
  });

  it("has the same text, where it has the same hashes", () => {
    const again = model(`// a comment\n${READS.replaceAll(" ", "  ")}`);
    expect(again).toEqual(model(READS));
  });
});

describe("a change of the registration", () => {
  it.each([
    ["owner", { owner: "staff|eve" }],
    ["team", { team: "web" }],
    ["labels", { labels: [] }],
    ["bindings", { bindings: REGISTRATION.bindings.slice(1) }],
    [
      "a claim of a binding",
      { bindings: [{ issuer: "github", claims: { repository_id: "42", ref: "main" } }, REGISTRATION.bindings[1]] },
    ],
    ["longest task", { limits: { task_seconds: 900 } }],
  ])("has another hash and another text: %s", (_what, change) => {
    const [one, other] = [model(READS), model(READS, { ...REGISTRATION, ...change })];
    expect([other.hashes === one.hashes, other.text === one.text]).toEqual([false, false]);
  });
});
