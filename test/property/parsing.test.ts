import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../contract/limits.ts";
import { AGENT_ID } from "../../contract/names.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { overlap } from "../../functions/core/identity/bindings.ts";
import { parseAgent } from "../../functions/core/identity/parse-agent.ts";
import { parseConditions } from "../../functions/core/intent/parse-conditions.ts";
import { parseIntent } from "../../functions/core/intent/parse-intent.ts";
import { spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { catalogue } from "../unit/core/catalogue/load-catalogue.ts";
import { anIssuer, STAFF } from "../unit/core/identity/issuers.ts";
import { json, nearly, unlessRefused } from "./only-refusals.ts";

const ACCOUNT = accountId("111122223333");
const ACCOUNTS = [{ id: ACCOUNT, region: regionNamed("us-east-1"), taskRoles: 1 }];

const conditions = fc.dictionary(
  fc.constantFrom("StringLike", "StringEquals", "Bool", "ForAnyValue:StringEquals"),
  fc.dictionary(
    fc.constantFrom("s3:prefix", "aws:SecureTransport", "aws:RequestTag/team", "s3:x-amz-acl"),
    fc.oneof(fc.constantFrom("a/*", "true"), fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 3 })),
    { minKeys: 1, noNullPrototype: true },
  ),
  { minKeys: 1, noNullPrototype: true },
);
/** Condition keys reserved for the compiler, in any spelling. */
const ours = fc
  .tuple(conditions, fc.constantFrom("aws:ResourceAccount", "AWS:currenttime", "aws:sourceIp", "aws:ResourceTag/team"))
  .map(([block, key]) => ({ ...block, StringLike: { "s3:prefix": "a", ...block.StringLike, [key]: "*" } }));
const aws = fc.record(
  {
    type: fc.constant("aws"),
    account: fc.constant(ACCOUNT),
    actions: fc.array(fc.constantFrom("s3:GetObject", "s3:Put*", "sqs:SendMessage", "S3:getobject"), {
      minLength: 1,
      maxLength: 3,
    }),
    resources: fc.array(
      fc.constantFrom("arn:aws:s3:::acme/*", "arn:aws:s3:::acme/a", `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`, "*"),
      { minLength: 1, maxLength: 3 },
    ),
    conditions,
  },
  { requiredKeys: ["type", "account", "actions", "resources"], noNullPrototype: true },
);
const tool = fc.record(
  {
    type: fc.constant("tool"),
    server: fc.constantFrom("tickets", "wiki"),
    tools: fc.array(fc.constantFrom("search", "a/b"), { minLength: 1 }),
  },
  { noNullPrototype: true },
);
const intent = fc.array(fc.oneof(aws, tool), { minLength: 1, maxLength: 3 });

const agent = fc.record(
  {
    id: fc.constantFrom("reporter", "a1"),
    name: fc.constantFrom("Reporter", "报告"),
    owner: fc.constant("ada"),
    team: fc.constant("data"),
    bindings: fc.array(
      fc.record(
        {
          issuer: fc.constant("ci"),
          claims: fc
            .dictionary(fc.constantFrom("ref", "env"), fc.constantFrom("a", "b"), { noNullPrototype: true })
            .map((claims) => ({
              repository_id: "4711",
              ...claims,
            })),
        },
        { noNullPrototype: true },
      ),
      { minLength: 1, maxLength: 2 },
    ),
    ends_at: fc.constantFrom("2027-06-30T00:00:00Z", "2028-02-29T12:00:00Z"),
    limits: fc.record({ live_tasks: fc.integer({ min: 1, max: 9 }) }, { requiredKeys: [], noNullPrototype: true }),
  },
  { requiredKeys: ["id", "name", "owner", "team", "bindings"], noNullPrototype: true },
);

describe("I10: parsing", () => {
  it("returns a typed intent within its limits, or a refusal, for any text", () => {
    const count = { parsed: 0, refused: 0, spread: 0 };
    const text = fc.oneof(
      { weight: 5, arbitrary: nearly(intent).map((value) => JSON.stringify(value)) },
      {
        weight: 1,
        arbitrary: nearly(intent).chain((value) =>
          fc.nat().map((at) => JSON.stringify(value)?.slice(0, at % 60) ?? ""),
        ),
      },
      { weight: 1, arbitrary: fc.string() },
    );
    fc.assert(
      fc.property(text, (written) => {
        const details = unlessRefused(() => parseIntent(written, { deployment: { accounts: ACCOUNTS }, catalogue }));
        count[details ? "parsed" : "refused"] += 1;
        if (!details) return;
        expect(details.length).toBeLessThanOrEqual(LIMITS.details);
        const spread = unlessRefused(() => spreadIntent(details, catalogue));
        if (!spread) return;
        count.spread += 1;
        const pairs = spread.flatMap((each) => each.pairs);
        expect(pairs.length).toBeGreaterThan(0);
        expect(pairs.length).toBeLessThanOrEqual(LIMITS.pairs);
        for (const pair of pairs) if ("account" in pair) expect(pair.account).toBe(ACCOUNT);
      }),
      { numRuns: 2_000 },
    );
    expect(count.parsed).toBeGreaterThan(150);
    expect(count.spread).toBeGreaterThan(40);
    expect(count.refused).toBeGreaterThan(300);
  });

  it("returns a block of conditions with nothing beyond the request, or a problem", () => {
    const count = { parsed: 0, refused: 0 };
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: nearly(conditions) }, { weight: 1, arbitrary: ours }), (value) => {
        const answer = parseConditions(value);
        count["block" in answer ? "parsed" : "refused"] += 1;
        if ("problem" in answer) return;
        expect(Object.keys(answer.block)).toEqual(Object.keys(value as object));
        for (const keys of Object.values(answer.block)) {
          for (const [key, values] of Object.entries(keys)) {
            expect(key).not.toMatch(/^aws:(ResourceAccount|RequestedRegion|CurrentTime|SourceIp|ResourceTag\/.*)$/i);
            expect(values.join("")).not.toContain("$");
            expect(values.length).toBeGreaterThan(0);
          }
        }
        expect(JSON.parse(JSON.stringify(answer.block))).toEqual(answer.block);
      }),
      { numRuns: 2_000 },
    );
    expect(count.parsed).toBeGreaterThan(300);
    expect(count.refused).toBeGreaterThan(300);
  });

  it("returns an agent whose every binding has its issuer's pin, or refuses the registration", () => {
    const count = { parsed: 0, refused: 0 };
    const record = nearly(agent).map((value) => (typeof value === "object" && value !== null ? value : { value }));
    fc.assert(
      fc.property(record, (body) => {
        const parsed = unlessRefused(() =>
          parseAgent(body as Record<string, unknown>, [anIssuer(), STAFF], 1_764_000_000),
        );
        count[parsed ? "parsed" : "refused"] += 1;
        if (!parsed) return;
        expect(parsed.id).toMatch(AGENT_ID);
        expect(parsed.status).toBe("active");
        for (const [index, { issuer, claims }] of parsed.bindings.entries()) {
          expect(issuer).toBe("ci");
          expect(claims.repository_id).toBeTruthy();
          expect(parsed.bindings.slice(index + 1).some((other) => overlap(claims, other.claims))).toBe(false);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(count.parsed).toBeGreaterThan(200);
    expect(count.refused).toBeGreaterThan(300);
  });

  it("returns or refuses a body of any JSON, and throws no other error", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value);
        unlessRefused(() => parseIntent(text, { deployment: { accounts: ACCOUNTS }, catalogue }));
        parseConditions(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });
});
