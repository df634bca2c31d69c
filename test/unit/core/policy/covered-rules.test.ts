import { describe, expect, it } from "vitest";
import { coversAction, withoutCovered } from "../../../../functions/core/policy/covered-rules.ts";
import type { Rule } from "../../../../functions/core/policy/merge-statements.ts";

const DATA = { StringEquals: { "aws:ResourceTag/team": "data" } };
const DATA_OR_OPS = { StringEquals: { "aws:ResourceTag/team": ["data", "ops"] } };
const rule = (action: string, key: string, condition: Rule["condition"] = {}): Rule => ({
  action,
  resource: `arn:aws:s3:::acme/${key}`,
  condition,
});
const GET = "s3:GetObject";

describe("a rule is left out where another one covers it", () => {
  it.each<readonly [string, Rule, Rule]>([
    ["the same", rule(GET, "a"), rule(GET, "a")],
    ["one on a set that holds its resource", rule(GET, "*"), rule(GET, "a")],
    ["one on a set that holds its set", rule(GET, "x/*"), rule(GET, "x/a/*")],
    ["one on the same variable", rule(GET, "${aws:username}"), rule(GET, "${aws:username}", DATA)],
    ["one on a set that holds a literal wildcard", rule(GET, "a/*"), rule(GET, "a/${*}")],
    ["one under a weaker condition", rule(GET, "x/*", DATA_OR_OPS), rule(GET, "x/a", DATA)],
    ["one of every action", rule("*", "*"), rule(GET, "a")],
    ["one of every action of the service", rule("s3:*", "*"), rule(GET, "a")],
    ["one on everything", { ...rule(GET, ""), resource: "*" }, rule(GET, "a")],
  ])("%s", (_, outer, inner) => {
    expect(withoutCovered([outer, inner])).toEqual([outer]);
    expect(withoutCovered([inner, outer])).toEqual([outer]);
  });

  it.each<readonly [string, Rule, Rule]>([
    ["one of another action", rule("s3:PutObject", "*"), rule(GET, "a")],
    ["one of an action that it is only the beginning of", rule(GET, "*"), rule("s3:GetObjectAcl", "a")],
    ["one of another service", rule("sqs:*", "*"), rule(GET, "a")],
    ["one on a part of its set", rule(GET, "x/a/*"), rule(GET, "x/*/b")],
    ["one that begins alike, on another resource", rule(GET, "x"), rule(GET, "xy")],
    ["one on a literal wildcard", rule(GET, "${*}"), rule(GET, "a")],
    ["one on a variable", rule(GET, "${aws:username}"), rule(GET, "*")],
    ["one under a stronger condition", rule(GET, "*", DATA), rule(GET, "a", DATA_OR_OPS)],
    ["one under a condition of its own", rule(GET, "*", DATA), rule(GET, "a")],
  ])("no rule is left out for %s (I2)", (_, one, other) => {
    const both = one.resource.includes("aws:") ? [other, one] : [one, other];
    expect(withoutCovered(both)).toEqual(both);
  });

  it("a pattern names the actions of its own service only, and a name itself only", () => {
    expect(coversAction("s3:*", "s3express:CreateSession")).toBe(false);
    expect(coversAction(GET, "s3:GetObjectAcl")).toBe(false);
    expect(coversAction("s3:Get*", "s3:getObjectAcl")).toBe(true);
    expect(coversAction("s3:get*", "s3:GetObjectAcl")).toBe(true);
    expect(coversAction("s3:Get*", "s3:PutObject")).toBe(false);
  });

  it("of rules that cover one another the first is left", () => {
    const other = { StringEquals: { "AWS:ResourceTag/team": "data" } };
    expect(withoutCovered([rule(GET, "a", DATA), rule(GET, "a", other), rule(GET, "a", DATA)])).toEqual([
      rule(GET, "a", DATA),
    ]);
  });
});
