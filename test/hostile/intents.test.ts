import { describe, expect, it } from "vitest";
import type { RefusalCode } from "../../contract/refusals.ts";
import { tokenEndpoint } from "../../functions/exchange/token-endpoint.ts";
import { ACCOUNT, exchangeForm, formEvent, policiesWith } from "../fakes/world/world.ts";
import { cpuMillisecondsUntil } from "../unit/cpu-milliseconds.ts";
import { holdToDynamo } from "./fuzz/strict-store.ts";
import { hostileWorld } from "./hostile-world.ts";
import { traces } from "./traces.ts";

const ARN = "arn:aws:s3:::acme-data/reports/x";
const aws = (changed: object) => [
  { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: [ARN], ...changed },
];
const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index));

/** Raw text for intents that `JSON.stringify` cannot write. */
const INTENTS: readonly (readonly [what: string, intent: unknown, RefusalCode])[] = [
  ["four thousand levels", nested(4_000), "intent_invalid"],
  ["eight thousand levels that never close", "[".repeat(8_000), "intent_invalid"],
  ["three thousand details", `[${"{},".repeat(2_999)}{}]`, "intent_invalid"],
  ["a hundred thousand elements", `[${"1,".repeat(99_999)}1]`, "body_too_large"],
  ["seven thousand numbers", `[${"1,".repeat(6_999)}1]`, "intent_invalid"],
  [
    "ten thousand pairs (100 actions on 100 resources)",
    aws({ actions: many(100, (i) => `s3:Get${i}`), resources: many(100, (i) => `${ARN}${i}`) }),
    "intent_invalid",
  ],
  [
    "every action of a service on a hundred resources",
    aws({ actions: ["s3:*"], resources: many(100, (i) => `${ARN}${i}`) }),
    "intent_invalid",
  ],
  ["every action of a large service", aws({ actions: ["ec2:*"], resources: ["*"] }), "intent_invalid"],
  ["every action of everything", aws({ actions: ["*"] }), "intent_invalid"],
  ["an action pattern of many wildcards", aws({ actions: [`ec2:${"*a".repeat(60)}`] }), "intent_invalid"],
  ["an action of a kilobyte", aws({ actions: [`s3:${"G".repeat(1_024)}`] }), "intent_invalid"],
  ["an action that is no text", aws({ actions: ["s3:\ud800"] }), "intent_invalid"],
  ["an action that turns text around", aws({ actions: ["s3:\u202eGet"] }), "intent_invalid"],
  ["an action with NUL", aws({ actions: ["s3:GetObject\u0000"] }), "intent_invalid"],
  ["an action __proto__", aws({ actions: ["__proto__:constructor"] }), "intent_invalid"],
  ["actions as an object", aws({ actions: { 0: "s3:GetObject", length: 1 } }), "intent_invalid"],
  ["actions as a string", aws({ actions: "s3:GetObject" }), "intent_invalid"],
  ["actions in a list in a list", aws({ actions: [["s3:GetObject"]] }), "intent_invalid"],
  ["a resource of five wildcards", aws({ resources: ["arn:aws:s3:::acme-data/*/*/*/*/*"] }), "intent_invalid"],
  [
    "a resource with a policy variable",
    aws({ resources: ["arn:aws:s3:::acme-data/$" + "{aws:username}"] }),
    "intent_invalid",
  ],
  ["a resource with a question mark", aws({ resources: ["arn:aws:s3:::acme-data/reports/?"] }), "intent_invalid"],
  [
    "a resource in another account",
    aws({ resources: ["arn:aws:dynamodb:us-east-1:999999999999:table/t"] }),
    "intent_invalid",
  ],
  ["a resource in any partition", aws({ resources: ["arn:*:s3:::acme-data/reports/x"] }), "intent_invalid"],
  ["a resource whose colons are encoded", aws({ resources: ["arn%3Aaws%3As3%3A%3A%3Aacme-data/x"] }), "intent_invalid"],
  ["another account", aws({ account: "999999999999" }), "intent_invalid"],
  ["an account as a number", aws({ account: 111122223333 }), "intent_invalid"],
  ["an account with a line break", aws({ account: `${ACCOUNT}\n` }), "intent_invalid"],
  [
    "__proto__ as a field",
    `[{"type":"aws","account":"${ACCOUNT}","actions":["s3:GetObject"],"resources":["${ARN}"],"__proto__":{"x":1}}]`,
    "intent_invalid",
  ],
  ["constructor as a field", aws({ constructor: { prototype: {} } }), "intent_invalid"],
  ["everything in the prototype", `[{"__proto__":${JSON.stringify(aws({})[0])}}]`, "intent_invalid"],
  ["a statement of its own", aws({ policy: { Effect: "Allow", Action: "*", Resource: "*" } }), "intent_invalid"],
  [
    "a condition on __proto__",
    `[${JSON.stringify(aws({})[0]).replace(/}$/, ',"conditions":{"__proto__":{"aws:x":"y"}}}')}]`,
    "intent_invalid",
  ],
  [
    "a condition key __proto__",
    `[${JSON.stringify(aws({})[0]).replace(/}$/, ',"conditions":{"StringEquals":{"__proto__":"y"}}}')}]`,
    "intent_invalid",
  ],
  [
    "a condition that holds where the key is missing",
    aws({ conditions: { StringEqualsIfExists: { "s3:prefix": "x" } } }),
    "intent_invalid",
  ],
  [
    "a condition over all values",
    aws({ conditions: { "ForAllValues:StringEquals": { "s3:prefix": "x" } } }),
    "intent_invalid",
  ],
  ["a condition that is Null", aws({ conditions: { Null: { "s3:prefix": "true" } } }), "intent_invalid"],
  ["a condition beside our own", aws({ conditions: { StringLike: { "AWS:resourceaccount": "*" } } }), "intent_invalid"],
  [
    "a condition on the time",
    aws({ conditions: { DateGreaterThan: { "aws:CurrentTime": "1970-01-01T00:00:00Z" } } }),
    "intent_invalid",
  ],
  [
    "a condition with a policy variable",
    aws({ conditions: { StringLike: { "s3:prefix": "$" + "{aws:username}" } } }),
    "intent_invalid",
  ],
  [
    "a condition key in two spellings",
    aws({ conditions: { StringEquals: { "s3:prefix": "x", "S3:Prefix": "y" } } }),
    "intent_invalid",
  ],
  [
    "a condition with a thousand values",
    aws({ conditions: { StringEquals: { "s3:prefix": many(1_000, String) } } }),
    "intent_invalid",
  ],
  [
    "a condition whose value is an object",
    aws({ conditions: { StringEquals: { "s3:prefix": { toString: "x" } } } }),
    "intent_invalid",
  ],
  ["a tool server __proto__", [{ type: "tool", server: "__proto__", tools: ["x"] }], "intent_invalid"],
  ["a tool with a wildcard", [{ type: "tool", server: "tickets", tools: ["*"] }], "intent_invalid"],
  [
    "a tool of another server by a slash",
    [{ type: "tool", server: "tickets", tools: ["../payroll/read"] }],
    "policy_denied",
  ],
  ["a detail of a type that nobody knows", [{ type: "secret", identifiers: ["x"] }], "intent_invalid"],
  ["a detail of type __proto__", [{ type: "__proto__" }], "intent_invalid"],
  ["null", "null", "intent_invalid"],
  ["a list of null", "[null]", "intent_invalid"],
  ["an empty list", "[]", "intent_invalid"],
  ["an object", JSON.stringify(aws({})[0]), "intent_invalid"],
  ["text behind it", `${JSON.stringify(aws({}))}[]`, "intent_invalid"],
  ["a byte-order mark", `\ufeff${JSON.stringify(aws({}))}`, "intent_invalid"],
  ["NaN", "[NaN]", "intent_invalid"],
];

describe("a malformed or excessive intent", () => {
  it.each(INTENTS)("is refused: %s", async (_, intent, code) => {
    const world = hostileWorld();
    holdToDynamo(world);
    const form = {
      ...exchangeForm(world.mint()),
      authorization_details: typeof intent === "string" ? intent : JSON.stringify(intent),
    };
    const tookMs = await cpuMillisecondsUntil(async () => {
      const answer = await tokenEndpoint(formEvent(form), world.ports);
      expect(JSON.parse(answer.body).code).toBe(code);
    });
    expect(tookMs, "of CPU").toBeLessThan(500);
    expect(traces(world)).toMatchObject({ tasks: [], sessions: 0 });
  });
});

/** Details of twenty statements each, with one folder in each statement. */
const folders = (details: number) =>
  many(details, String).map((detail) => ({
    type: "aws",
    account: ACCOUNT,
    statements: many(20, (index) => `w${detail}-${index}`).map((name) => ({
      actions: ["s3:GetObject"],
      resources: [`arn:aws:s3:::acme-data/reports/${name}/*`],
    })),
  }));

describe("dividing a long intent into sessions", () => {
  const sets = many(10, String).flatMap((detail) =>
    aws({ resources: many(20, (index) => `arn:aws:s3:::acme-data/reports/*/${detail}/*/${index}`) }),
  );
  it.each([
    ["200 sets in ten details", sets],
    ["200 statements of one folder each", folders(10)],
  ])("grants what is within the limits of a request: %s, in five sessions", async (_, details) => {
    const world = hostileWorld();
    const answer = await tokenEndpoint(formEvent(exchangeForm(world.mint(), details)), world.ports);
    expect([answer.statusCode, JSON.parse(answer.body).credentials]).toEqual([200, expect.any(Array)]);
    expect(world.ports.sessions.asked).toHaveLength(5);
  });

  it("refuses what takes too much work: 120 folders, each with Denies of eight forbids", async () => {
    const forbids = many(
      8,
      (index) => `forbid(principal, action, resource)
      when { resource has arn && resource.arn like "arn:aws:s3:::*/k${index}.secret" };`,
    );
    const permit = `permit(principal, action == Action::"s3:GetObject", resource)
      when { resource.arn like "arn:aws:s3:::acme-data/reports/*" };`;
    const policies = policiesWith([permit, ...forbids].map((text, index) => `@id("p${index}")\n${text}`).join("\n"));
    const world = hostileWorld({ policies });
    const answer = await tokenEndpoint(formEvent(exchangeForm(world.mint(), folders(6))), world.ports);
    expect(JSON.parse(answer.body)).toMatchObject({
      code: "intent_invalid",
      error_description: expect.stringContaining("Dividing the request into AWS sessions takes more work"),
    });
    expect(traces(world)).toMatchObject({ tasks: [], sessions: 0 });
  });
});

describe("an intent in narrow mode", () => {
  const narrow = async (details: unknown) => {
    const world = hostileWorld();
    const form = { ...exchangeForm(world.mint(), details), mode: "narrow" };
    const answer = await tokenEndpoint(formEvent(form), world.ports);
    const policy = JSON.parse(world.ports.sessions.asked[0]?.policy ?? '{"Statement":[]}');
    const allowed = policy.Statement.flatMap(({ Effect, Resource }: { Effect: string; Resource: unknown }) =>
      Effect === "Allow" ? [Resource] : [],
    );
    return { answer, allowed: allowed.flat() };
  };

  it("is granted the part that policy permits, and nothing that policy forbids or does not mention", async () => {
    const resources = [
      "arn:aws:s3:::acme-*",
      "arn:aws:s3:::acme-payroll/x",
      "arn:aws:s3:::acme-data/*",
      "arn:aws:s3:::*",
    ];
    const { answer, allowed } = await narrow(
      aws({ resources: resources.map((arn) => (arn.includes("/") ? arn : `${arn}/*`)) }),
    );
    expect(answer.statusCode).toBe(200);
    expect(new Set(allowed)).toEqual(new Set(["arn:aws:s3:::acme-data/reports/*"]));
  });

  it("is refused where policy permits no part of it", async () => {
    const { answer } = await narrow(aws({ resources: ["arn:aws:s3:::acme-payroll/*"] }));
    expect(JSON.parse(answer.body).code).toBe("policy_denied");
  });

  it("is decided within a second of CPU, though each of its fifty patterns has to be narrowed", async () => {
    const tookMs = await cpuMillisecondsUntil(async () => {
      await narrow(aws({ resources: many(50, (i) => `arn:aws:s3:::acme*${i}*/*x*`) }));
    });
    expect(tookMs, "of CPU").toBeLessThan(1_000);
  });
});

describe("a resource whose name contains syntax", () => {
  it.each([
    ["ends the string around it", 'arn:aws:s3:::acme-data/reports/"],"Effect":"Allow","Resource":["*'],
    ["climbs", "arn:aws:s3:::acme-data/reports/../../acme-payroll/x"],
    ["holds an escape", "arn:aws:s3:::acme-data/reports/\\u002a"],
  ])("is granted as it is written, and nothing beside it: %s", async (_, resource) => {
    const world = hostileWorld();
    const answer = await tokenEndpoint(
      formEvent(exchangeForm(world.mint(), aws({ resources: [resource] }))),
      world.ports,
    );
    expect(answer.statusCode).toBe(200);
    const policy = JSON.parse(world.ports.sessions.asked[0]?.policy ?? "");
    const allows = policy.Statement.filter(({ Effect }: { Effect: string }) => Effect === "Allow");
    expect(allows).toEqual([expect.objectContaining({ Action: "s3:GetObject", Resource: resource })]);
  });
});
