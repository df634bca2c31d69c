import { describe, expect, it } from "vitest";
import type { RefusalCode } from "../../functions/core/refusal.ts";
import { tokenEndpoint } from "../../functions/exchange/token-endpoint.ts";
import type { HttpEvent } from "../../functions/http/event.ts";
import { ACCOUNT, exchangeForm, formEvent, URL_OF_HUB } from "../fakes/fake-world.ts";
import { PATHS } from "./call.ts";
import { type HostileWorld, hostileWorld } from "./hostile-world.ts";
import { openedTask } from "./opened-task.ts";
import { secretsIn } from "./secrets-in.ts";
import { traces } from "./traces.ts";

const good = (world: HostileWorld): HttpEvent => formEvent(exchangeForm(world.mint()));
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const typed = (event: HttpEvent, type: string | undefined): HttpEvent => ({
  ...event,
  headers: { "content-type": type },
});
const bodied = (event: HttpEvent, change: (body: string) => string): HttpEvent => ({
  ...event,
  body: change(event.body ?? ""),
});

/** How a request may be written so that somebody on its way (a firewall, a gateway, a log) reads another one than we do. */
const SMUGGLED: readonly (readonly [what: string, (event: HttpEvent) => HttpEvent, RefusalCode])[] = [
  ["no content type", (e) => typed(e, undefined), "unsupported_media_type"],
  ["an empty content type", (e) => typed(e, ""), "unsupported_media_type"],
  [
    "a content type twice",
    (e) => typed(e, "application/x-www-form-urlencoded, application/json"),
    "unsupported_media_type",
  ],
  [
    "a content type twice the same",
    (e) => typed(e, "application/x-www-form-urlencoded,application/x-www-form-urlencoded"),
    "unsupported_media_type",
  ],
  [
    "a content type under a name in capitals",
    (e) => ({ ...e, headers: { "Content-Type": "application/x-www-form-urlencoded" } }),
    "unsupported_media_type",
  ],
  [
    "JSON",
    (e) => ({ ...typed(e, "application/json"), body: JSON.stringify(Object.fromEntries(new URLSearchParams(e.body))) }),
    "unsupported_media_type",
  ],
  ["multipart", (e) => typed(e, "multipart/form-data; boundary=x"), "unsupported_media_type"],
  ["text", (e) => typed(e, "text/plain"), "unsupported_media_type"],
  ["a charset of UTF-7", (e) => typed(e, "application/x-www-form-urlencoded; charset=utf-7"), "unsupported_media_type"],
  [
    "a charset of UTF-16",
    (e) => typed(e, "application/x-www-form-urlencoded;charset=UTF-16LE"),
    "unsupported_media_type",
  ],
  [
    "a charset of IBM 037",
    (e) => typed(e, "application/x-www-form-urlencoded; charset=ibm037"),
    "unsupported_media_type",
  ],
  [
    "a second charset",
    (e) => typed(e, "application/x-www-form-urlencoded; charset=utf-8; charset=utf-7"),
    "unsupported_media_type",
  ],
  ["no body", (e) => ({ ...e, body: undefined }), "unsupported_grant_type"],
  ["a body that is in base64 and not said to be", (e) => bodied(e, base64), "unsupported_grant_type"],
  ["a body that is said to be in base64 and is not", (e) => ({ ...e, isBase64Encoded: true }), "malformed_request"],
  [
    "bytes that are no UTF-8",
    (e) => ({
      ...e,
      isBase64Encoded: true,
      body: Buffer.concat([Buffer.from(`${e.body}&x=`), Buffer.from([0xff])]).toString("base64"),
    }),
    "malformed_request",
  ],
  ["escapes that are no UTF-8", (e) => bodied(e, (b) => `${b}&x=%FF`), "malformed_request"],
  ["escapes of an overlong slash", (e) => bodied(e, (b) => `${b}&x=%C0%AF`), "malformed_request"],
  ["escapes of a lone surrogate", (e) => bodied(e, (b) => `${b}&x=%ED%A0%80`), "malformed_request"],
  ["a percent sign that encodes nothing", (e) => bodied(e, (b) => `${b}&x=100%`), "malformed_request"],
  ["an escape in JavaScript's fashion", (e) => bodied(e, (b) => `${b}&x=%u0041`), "malformed_request"],
  ["a byte-order mark", (e) => bodied(e, (b) => `\ufeff${b}`), "unsupported_grant_type"],
  ["a question mark at the beginning", (e) => bodied(e, (b) => `?${b}`), "unsupported_grant_type"],
  ["semicolons in place of ampersands", (e) => bodied(e, (b) => b.replaceAll("&", ";")), "unsupported_grant_type"],
  ["a parameter twice", (e) => bodied(e, (b) => `${b}&purpose=other`), "malformed_request"],
  ["a parameter twice, once empty and last", (e) => bodied(e, (b) => `${b}&purpose=`), "malformed_request"],
  ["a parameter twice, once empty and first", (e) => bodied(e, (b) => `subject_token=&${b}`), "malformed_request"],
  [
    "a parameter twice, once with its name encoded",
    (e) => bodied(e, (b) => `${b}&%70urpose=other`),
    "malformed_request",
  ],
  [
    "a parameter as a list",
    (e) => bodied(e, (b) => b.replace("subject_token=", "subject_token[]=")),
    "malformed_request",
  ],
  [
    "a parameter in capitals",
    (e) => bodied(e, (b) => b.replace("subject_token=", "SUBJECT_TOKEN=")),
    "malformed_request",
  ],
  [
    "a parameter's name with NUL behind it",
    (e) => bodied(e, (b) => b.replace("subject_token=", "subject_token%00=")),
    "malformed_request",
  ],
  [
    "a parameter's name with a space behind it",
    (e) => bodied(e, (b) => b.replace("subject_token=", "subject_token+=")),
    "malformed_request",
  ],
  [
    "parameters in the query instead",
    (e) => ({ ...e, rawQueryString: e.body ?? "", body: "" }),
    "unsupported_grant_type",
  ],
  [
    "parameters in the prototype",
    (e) => bodied(e, () => "__proto__[grant_type]=x&constructor=y&__proto__=z"),
    "unsupported_grant_type",
  ],
  [
    "another grant",
    (e) => bodied(e, (b) => b.replace(/grant_type=[^&]*/, "grant_type=client_credentials")),
    "unsupported_grant_type",
  ],
  [
    "a grant in capitals",
    (e) => bodied(e, (b) => b.replace(/grant_type=[^&]*/, (g) => g.toUpperCase().replace("GRANT_TYPE", "grant_type"))),
    "unsupported_grant_type",
  ],
  ["an actor beside the subject", (e) => bodied(e, (b) => `${b}&actor_token=x`), "delegation_unsupported"],
  ["an actor's type without an actor", (e) => bodied(e, (b) => `${b}&actor_token_type=x`), "delegation_unsupported"],
  [
    "a token type that nobody knows",
    (e) => bodied(e, (b) => b.replace(/subject_token_type=[^&]*/, "subject_token_type=saml2")),
    "unsupported_token_type",
  ],
  ["a purpose with NUL", (e) => bodied(e, (b) => b.replace(/purpose=[^&]*/, "purpose=a%00b")), "malformed_request"],
  [
    "a purpose that turns text around",
    (e) => bodied(e, (b) => b.replace(/purpose=[^&]*/, "purpose=%E2%80%AEgnp.exe")),
    "malformed_request",
  ],
  [
    "a purpose that clears the screen",
    (e) => bodied(e, (b) => b.replace(/purpose=[^&]*/, "purpose=%1B%5B2J")),
    "malformed_request",
  ],
  [
    "a purpose of a kilobyte",
    (e) => bodied(e, (b) => b.replace(/purpose=[^&]*/, `purpose=${"p".repeat(257)}`)),
    "malformed_request",
  ],
  ["a task for ever", (e) => bodied(e, (b) => `${b}&task_ttl=99999999999`), "malformed_request"],
  ["a task of no time", (e) => bodied(e, (b) => `${b}&task_ttl=0`), "malformed_request"],
  ["a task of -1 second", (e) => bodied(e, (b) => `${b}&task_ttl=-1`), "malformed_request"],
  ["a task of 1e3 seconds", (e) => bodied(e, (b) => `${b}&task_ttl=1e3`), "malformed_request"],
  ["a task of 0x10 seconds", (e) => bodied(e, (b) => `${b}&task_ttl=0x10`), "malformed_request"],
  ["a task of Arabic digits", (e) => bodied(e, (b) => `${b}&task_ttl=%D9%A3%D9%A0`), "malformed_request"],
  ["a key with a line break", (e) => bodied(e, (b) => `${b}&idempotency_key=a%0Ab`), "malformed_request"],
  ["a key of a kilobyte", (e) => bodied(e, (b) => `${b}&idempotency_key=${"k".repeat(1_024)}`), "malformed_request"],
  ["a body of more than 32 KiB", (e) => bodied(e, (b) => `${b}&x=${"x".repeat(32_768)}`), "body_too_large"],
  ["ten thousand parameters", (e) => bodied(e, (b) => `${b}${"&a".repeat(10_000)}`), "malformed_request"],
];

describe("a request that can be read in two ways", () => {
  it.each(SMUGGLED)("is refused before its token is looked at: %s", async (_, change, code) => {
    const world = hostileWorld();
    const before = traces(world);
    const event = change(good(world));
    const answer = await tokenEndpoint(event, world.ports);
    expect(JSON.parse(answer.body).code).toBe(code);
    expect(secretsIn(answer.body + JSON.stringify(world.lines))).toEqual([]);
    expect(world.web.asked).toEqual([]);
    expect(traces(world)).toEqual(before);
  });

  it.each<readonly [string, (event: HttpEvent) => HttpEvent]>([
    ["as it should be", (event) => event],
    ["with a charset of UTF-8", (e) => typed(e, 'Application/X-WWW-Form-Urlencoded ; charset="UTF-8"')],
    ["in base64", (e) => ({ ...bodied(e, base64), isBase64Encoded: true })],
    ["with spaces as %20", (e) => bodied(e, (b) => b.replaceAll("+", "%20"))],
    ["with every character escaped", (e) => bodied(e, (b) => b.replace(/purpose=[^&]*/, "%70urpose=%61%62"))],
    ["with empty parameters, which count as left out", (e) => bodied(e, (b) => `${b}&actor_token=&task_ttl=&&`)],
    ["with parameters that nobody knows", (e) => bodied(e, (b) => `${b}&__proto__=x&constructor=y`)],
  ])("is accepted where it can be read in one: %s", async (_, change) => {
    const world = hostileWorld();
    expect((await tokenEndpoint(change(good(world)), world.ports)).statusCode).toBe(200);
  });
});

const ARN = "arn:aws:s3:::acme-data/reports/x";
const aws = (changed: object) => [
  { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: [ARN], ...changed },
];
const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index));

/** Text, where it is not meant to be JSON that `JSON.stringify` writes. */
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

describe("an intent that asks for more than it says", () => {
  it.each(INTENTS)("is refused: %s", async (_, intent, code) => {
    const world = hostileWorld();
    const form = {
      ...exchangeForm(world.mint()),
      authorization_details: typeof intent === "string" ? intent : JSON.stringify(intent),
    };
    const beganAt = performance.now();
    const answer = await tokenEndpoint(formEvent(form), world.ports);
    expect(performance.now() - beganAt).toBeLessThan(500);
    expect(JSON.parse(answer.body).code).toBe(code);
    expect(traces(world)).toMatchObject({ tasks: [], sessions: 0 });
  });
});

describe("a resource whose name is meant to be more than a name", () => {
  it.each([
    ["ends the string that it stands in", 'arn:aws:s3:::acme-data/reports/"],"Effect":"Allow","Resource":["*'],
    ["climbs", "arn:aws:s3:::acme-data/reports/../../acme-payroll/x"],
    ["holds an escape", "arn:aws:s3:::acme-data/reports/\\u002a"],
  ])("is granted as it stands, and nothing beside it: %s", async (_, resource) => {
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

describe("a body of JSON", () => {
  const OPERATE = { aud: `${URL_OF_HUB}/operate` };
  const bodies: readonly (readonly [what: string, body: string])[] = [
    ["nothing", ""],
    ["null", "null"],
    ["a list", "[]"],
    ["a string", '"success"'],
    ["ten thousand levels", nested(10_000)],
    ["ten thousand levels that never close", '{"a":'.repeat(5_000)],
    ["only a prototype", '{"__proto__":{"outcome":"success","id":"mine"}}'],
    ["a constructor", '{"constructor":{"prototype":{"outcome":"success"}}}'],
    ["a byte-order mark before it", '\ufeff{"outcome":"success"}'],
    ["text behind it", '{"outcome":"success"}{}'],
    ["an outcome as a list", '{"outcome":["success"]}'],
    ["an outcome that nobody knows", '{"outcome":"__proto__"}'],
    ["a field too many", '{"outcome":"success","status":"active"}'],
    ["a detail as an object", '{"outcome":"failure","detail":{"toString":"x"}}'],
    ["a detail that clears the screen", '{"outcome":"failure","detail":"\\u001b[2J"}'],
    ["a detail that turns text around", '{"outcome":"failure","detail":"\\u202etxt.exe"}'],
    ["a detail that is no text", '{"outcome":"failure","detail":"\\ud800"}'],
    ["a detail of two kilobytes", JSON.stringify({ outcome: "failure", detail: "d".repeat(2_048) })],
  ];
  const routes = ["POST /v1/tasks/{task}/complete", "POST /v1/agents"] as const;
  it.each(routes.flatMap((route) => bodies.map(([what, body]) => ({ route, what, body }))))(
    "is refused at $route: $what",
    async ({ route, body }) => {
      const world = hostileWorld();
      const { task, taskToken } = await openedTask(world);
      const before = traces(world);
      const authorization = route === "POST /v1/agents" ? world.mint({ issuer: "staff", claims: OPERATE }) : taskToken;
      const event: HttpEvent = {
        routeKey: route,
        headers: { authorization, "content-type": "application/json" },
        pathParameters: { task },
        body,
        requestContext: { requestId: "request-1", http: { sourceIp: "203.0.113.7" } },
      };
      const answer = await PATHS[route](event, world.ports);
      expect(answer.statusCode).toBe(400);
      expect(["malformed_request", "agent_invalid"]).toContain(JSON.parse(answer.body).code);
      expect(traces(world)).toMatchObject({ tasks: before.tasks, agents: before.agents });
    },
  );
});
