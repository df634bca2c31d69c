import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseArn } from "../../functions/core/catalogue/arn.ts";
import { expandActions } from "../../functions/core/catalogue/expand-actions.ts";
import { checkClaims } from "../../functions/core/identity/check-claims.ts";
import { claimText } from "../../functions/core/identity/claims.ts";
import type { Issuer } from "../../functions/core/identity/issuer.ts";
import { issuerOf } from "../../functions/core/identity/issuer-of.ts";
import { parseAgent } from "../../functions/core/identity/parse-agent.ts";
import { parseConditions } from "../../functions/core/intent/parse-conditions.ts";
import { parseIntent } from "../../functions/core/intent/parse-intent.ts";
import { spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { taskPath } from "../../functions/core/task-path.ts";
import { makeToken, parseToken } from "../../functions/core/tasks/token.ts";
import { readAuthorization } from "../../functions/http/read-authorization.ts";
import { readForm, readJson } from "../../functions/http/read-body.ts";
import { ACCOUNT, CATALOGUE, DEPLOYMENT, httpEvent, NOON_MS, READ_REPORTS, URL_OF_HUB } from "../fakes/world/world.ts";
import { encodePart } from "./hostile-world.ts";

const [ISSUER] = DEPLOYMENT.issuers as readonly [Issuer];
const NOW = NOON_MS / 1_000;
const MOST_MS = 500;

/**
 * A text that a parser accepts, with a few insertions, deletions or repetitions. Edited text finds far more than purely
 * random text.
 */
const near = (...good: readonly string[]): fc.Arbitrary<string> => {
  const edit = fc.record({
    at: fc.nat(),
    cut: fc.nat(12),
    put: fc.oneof(
      fc.constant(""),
      fc.string({ unit: "binary", maxLength: 4 }),
      fc.constantFrom(...'"\\{}[],:*$?%&=+/._-@\u0000\ud800\u202e9'),
    ),
  });
  const bent = fc.tuple(fc.constantFrom(...good), fc.array(edit, { maxLength: 3 })).map(([text, edits]) =>
    edits.reduce((so, { at, cut, put }) => {
      const place = at % (so.length + 1);
      return so.slice(0, place) + put + so.slice(place + cut);
    }, text),
  );
  return fc.oneof(
    { weight: 5, arbitrary: bent },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5_000 }) },
  );
};

/** An object that a parser accepts, with some members replaced by anything. */
const nearObject = (good: object): fc.Arbitrary<object> =>
  fc
    .dictionary(
      fc.constantFrom(...Object.keys(good), "__proto__", "constructor"),
      fc.oneof(fc.anything(), fc.jsonValue()),
      { maxKeys: 2 },
    )
    .map((changed) => ({ ...good, ...changed }));

const json = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each)) ?? "null";
const form = (body: string) =>
  httpEvent("x", { headers: { "content-type": "application/x-www-form-urlencoded" }, body });
const text = (body: string) => httpEvent("x", { headers: { "content-type": "application/json" }, body });
const token = makeToken("vk", "k7f3m2q9x4ab." as never, new Uint8Array(32));
const jwt = (claims: object): string => `${encodePart({ alg: "ES256" })}.${encodePart(claims)}.c2ln`;
const CLAIMS = { iss: ISSUER.url, sub: "agent:demo", aud: URL_OF_HUB, iat: NOW, exp: NOW + 60, jti: "x" };
const AGENT = {
  id: "one",
  name: "One",
  owner: "o",
  team: "t",
  bindings: [{ issuer: ISSUER.name, claims: { sub: "s" } }],
  limits: { live_tasks: 1 },
  ends_at: "2027-01-01T00:00:00Z",
};
const CONDITIONS = { StringLike: { "s3:prefix": ["a*"] }, Bool: { "aws:SecureTransport": "true" } };
const INTENT = json([
  { ...READ_REPORTS[0], conditions: CONDITIONS },
  { type: "tool", server: "tickets", tools: ["search"] },
]);

/** Each parser with its input. A refusal is `undefined`, a problem, or a thrown `Refusal`. */
const PARSERS: readonly (readonly [name: string, given: fc.Arbitrary<never>, parse: (given: never) => unknown])[] = [
  ["parseToken", near(token, token.replace("vk_", "vkp_")), parseToken],
  ["taskPath", near("k7f3m2q9x4ab.", "k7f3m2q9x4ab.c1x9."), taskPath],
  [
    "parseIntent",
    near(INTENT),
    (intent: string) => parseIntent(intent, { deployment: DEPLOYMENT, catalogue: CATALOGUE }),
  ],
  [
    "parseIntent and spreadIntent",
    nearObject(READ_REPORTS[0] ?? {}).map((detail) => json([detail])),
    (intent: string) => spreadIntent(parseIntent(intent, { deployment: DEPLOYMENT, catalogue: CATALOGUE }), CATALOGUE),
  ],
  ["parseConditions", nearObject(CONDITIONS), parseConditions],
  [
    "parseConditions of keys and values",
    fc.dictionary(
      fc.constantFrom("StringLike", "Bool", "__proto__"),
      fc.dictionary(near("s3:prefix"), fc.oneof(near("a*"), fc.array(near("x"), { maxLength: 2 })), {
        minKeys: 1,
        maxKeys: 1,
      }),
      { minKeys: 1, maxKeys: 1 },
    ),
    parseConditions,
  ],
  ["parseAgent", nearObject(AGENT), (body: Record<string, unknown>) => parseAgent(body, DEPLOYMENT.issuers, NOW)],
  [
    "parseAgent of claims",
    fc
      .dictionary(fc.oneof(fc.constantFrom("sub", "__proto__"), near("sub")), fc.oneof(near("s"), fc.anything()), {
        maxKeys: 3,
      })
      .map((claims) => ({ ...AGENT, bindings: [{ issuer: ISSUER.name, claims }] })),
    (body: Record<string, unknown>) => parseAgent(body, DEPLOYMENT.issuers, NOW),
  ],
  [
    "issuerOf",
    fc.oneof(
      near(jwt(CLAIMS)),
      nearObject(CLAIMS).map((claims) => `a.${encodePart(json(claims))}.c`),
    ),
    (given: string) => issuerOf(given, DEPLOYMENT.issuers, "agents"),
  ],
  [
    "checkClaims",
    nearObject(CLAIMS),
    (claims: Record<string, unknown>) => checkClaims(claims, ISSUER, URL_OF_HUB, NOW),
  ],
  [
    "claimText",
    fc.tuple(nearObject({ a: { b: "x" }, "~/": 1 }), near("/a/b", "/~0~1", "a")),
    ([claims, name]: [Record<string, unknown>, string]) => claimText(claims, name),
  ],
  [
    "readForm",
    near("grant_type=a&subject_token=b&purpose=a+b%20c", "a=1&b=&c=%F0%9F%94%91"),
    (body: string) => readForm(form(body)),
  ],
  ["readJson", near('{"outcome":"success"}', json(AGENT)), (body: string) => readJson(text(body))],
  [
    "readAuthorization",
    near(`Bearer ${token}`, token),
    (authorization: string) => readAuthorization(httpEvent("x", { headers: { authorization } })),
  ],
  ["parseArn", near("arn:aws:s3:::acme-data/reports/*", `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/t`), parseArn],
  [
    "expandActions",
    fc.array(near("s3:GetObject", "ec2:Desc*", "iam:*"), { maxLength: 3 }),
    (patterns: string[]) => expandActions(CATALOGUE, patterns),
  ],
] as never;

const isNo = (value: unknown): boolean =>
  value === undefined || (typeof value === "object" && value !== null && "problem" in value);

describe("a parser with any input", () => {
  it.each(PARSERS)("%s accepts it or refuses it, and neither fails nor hangs", (_, given, parse) => {
    const took = { yes: 0, no: 0 };
    fc.assert(
      fc.property(given, (value) => {
        const before = process.threadCpuUsage();
        try {
          if (isNo(parse(value))) took.no += 1;
          else took.yes += 1;
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          expect(error.status).toBeLessThan(500);
          took.no += 1;
        }
        const { user, system } = process.threadCpuUsage(before);
        expect((user + system) / 1_000, "CPU milliseconds").toBeLessThan(MOST_MS);
      }),
      { numRuns: 800 },
    );
    // Both outcomes must have occurred, or the fuzzing shows nothing.
    expect(Math.min(took.yes, took.no)).toBeGreaterThan(1);
  });
});

describe("a task token", () => {
  it("has one spelling: another last character with the same bytes makes another token, which is refused", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const accepted = [...alphabet].filter((last) => parseToken(token.slice(0, -1) + last) !== undefined);
    expect(accepted.join("")).toBe("AEIMQUYcgkosw048");
  });
});

describe("text that an operator or an agent may not write into the record", () => {
  it.each(["id", "name", "owner", "team"])("is text that controls a terminal, in an agent's %s", (field) => {
    fc.assert(
      fc.property(fc.constantFrom("\u001b[2J", "\u0000", "\n", "\u202e", "\ud800", "\u2066"), (odd) => {
        expect(() => parseAgent({ ...AGENT, [field]: `a${odd}b` }, DEPLOYMENT.issuers, NOW)).toThrow(Refusal);
      }),
    );
  });

  it("includes a claim that a store would lose", () => {
    const claims = JSON.parse('{"sub":"s","__proto__":"x"}');
    expect(() =>
      parseAgent({ ...AGENT, bindings: [{ issuer: ISSUER.name, claims }] }, DEPLOYMENT.issuers, NOW),
    ).toThrow(Refusal);
  });

  it("includes a pin that no key can hold", () => {
    for (const sub of ["\u20ac".repeat(400), "\ud800"]) {
      const bindings = [{ issuer: ISSUER.name, claims: { sub } }];
      expect(() => parseAgent({ ...AGENT, bindings }, DEPLOYMENT.issuers, NOW)).toThrow(Refusal);
    }
  });
});
