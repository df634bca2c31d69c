import { describe, expect, it } from "vitest";
import { DENY_KEYS, denyLine } from "../../../../functions/core/iam-facts/deny-keys.ts";
import { compileSessionPolicy } from "../../../../functions/core/policy/compile.ts";
import { allow, answerTo, FENCED, PERMIT, PROVEN } from "../proof/ask.ts";
import { verdictOn } from "./decided.ts";

const FENCE_AT = Date.parse("2026-11-24T13:00:00Z") / 1_000;
const ROWS = Object.values(DENY_KEYS);

interface Written {
  readonly Effect: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Lines of the Denies that the compiler writes for objects under a forbid by a tag, from a bound address. */
function linesOfDenies(): readonly (readonly [operator: string, key: string])[] {
  const forbid = 'forbid (principal, action, resource is AWS::Resource) when { resource.tags.env == "prod" };';
  const verdict = verdictOn("s3:GetObject", "arn:aws:s3:::acme/*", forbid);
  if ("denied" in verdict) throw new Error(verdict.denied.denial.reason);
  const { text } = compileSessionPolicy([verdict.permitted], { fenceAt: FENCE_AT, sourceIp: "192.0.2.7" });
  const { Statement }: { readonly Statement: readonly Written[] } = JSON.parse(text);
  return Statement.filter(({ Effect }) => Effect === "Deny").flatMap(({ Condition = {} }) =>
    Object.entries(Condition).flatMap(([operator, keys]) => Object.keys(keys).map((key) => [operator, key] as const)),
  );
}

describe("I2, I4: a Deny of a session policy", () => {
  it("compares keys of the table and of tags, and holds where IAM may lack the key", () => {
    const always: readonly string[] = ROWS.filter(({ isAlwaysThere }) => isAlwaysThere).map(({ key }) => key);
    const known: readonly string[] = ROWS.map(({ key }) => key);
    const lines = linesOfDenies();
    expect(lines.map(([, key]) => key).sort()).toEqual([
      "aws:CurrentTime",
      "aws:SourceIp",
      "aws:ViaAWSService",
      "s3:ExistingObjectTag/env",
    ]);
    for (const [operator, key] of lines) {
      expect(known.includes(key) || key.includes("Tag/")).toBe(true);
      expect(always.includes(key) || /Not|IfExists$/.test(operator)).toBe(true);
    }
  });

  it("is written by the row: IfExists where the key may be missing, and not behind a negated operator", () => {
    expect(denyLine("Bool", DENY_KEYS.byService, "false")).toEqual({
      BoolIfExists: { "aws:ViaAWSService": "false" },
    });
    expect(denyLine("NotIpAddress", DENY_KEYS.address, "192.0.2.7")).toHaveProperty("NotIpAddress");
    expect(denyLine("DateGreaterThanEquals", DENY_KEYS.time, "2026")).toHaveProperty("DateGreaterThanEquals");
  });
});

/** A line of each key that holds for every call that has the key. */
const HOLDING: Readonly<Record<string, object>> = {
  "aws:CurrentTime": { DateGreaterThanEquals: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } },
  "aws:ResourceAccount": { StringLike: { "aws:ResourceAccount": "*" } },
  "aws:ViaAWSService": { Bool: { "aws:ViaAWSService": ["true", "false"] } },
  "aws:SourceIp": { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } },
};

describe("the table of keys", () => {
  it("is read by the proof in its own way, which trusts no key that the compiler takes for missing", () => {
    const trusted = ROWS.filter(({ key }) => {
      const Condition = { ...FENCED.Condition, ...HOLDING[key] };
      // One operator holds one line: the fence's own is the line of the time.
      const fence = key === "aws:CurrentTime" ? FENCED : { ...FENCED, Condition };
      const text = JSON.stringify({
        Version: "2012-10-17",
        Statement: [allow("ec2:StartInstances", "arn:aws:ec2:us-east-1:111122223333:instance/*"), fence],
      });
      return answerTo(text, [PERMIT]).verdict === PROVEN.verdict;
    });
    const differing = ROWS.filter((row) => row.isAlwaysThere !== trusted.includes(row)).map(({ key }) => key);
    process.stdout.write(`keys read in two ways: ${differing.join(", ") || "none"}\n`);
    expect(differing).toEqual([]);
  });
});
