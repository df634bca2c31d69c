import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { describe, expect, it } from "vitest";
import { uncompilable } from "../../../functions/policy/read/uncompilable.ts";

function sentences(when: string, effect = "permit"): readonly string[] {
  const converted = cedar.policyToJson(`${effect} (principal, action, resource) when { ${when} };`);
  if (converted.type === "failure") throw new Error(JSON.stringify(converted.errors));
  return uncompilable(converted.json).map(({ sentence }) => sentence);
}

describe("a condition that can become a session policy", () => {
  it.each([
    'resource.arn == "x"',
    '"x" == resource.arn',
    "resource.arn != principal.team",
    "resource.tags.team == principal.team",
    'resource.tags["cost center"] like "x*"',
    '["a", "b"].contains(resource.arn)',
    '["a", principal.team].contains(resource.tags.team)',
    "resource.tags has team",
    '!(resource.arn like "x*")',
    "resource has arn",
    'if context.ttl < 900 then resource.arn like "x*" else resource.account == "111122223333"',
    'principal.getTag("ref") == "resource.arn"',
    "context.ttl < 900 && resource.arn == resource.account",
  ])("is %s", (when) => {
    expect(sentences(when)).toEqual([]);
    expect(sentences(when, "forbid")).toEqual([]);
  });
});

describe("a condition that cannot", () => {
  it.each<[string, string, string]>([
    ['[resource.arn].contains("x")', "contains", "resource.arn"],
    ["context.named.containsAll([resource.arn])", "containsAll", "resource.arn"],
    ['["a"].containsAny([resource.tags.a])', "containsAny", "resource.tags.<name>"],
    ['resource.tags == {a: "1"}', "==", "resource.tags.<name>"],
    ["resource.tags.a == resource.tags.b", "==", "resource.tags.<name>"],
    ["resource.arn != resource.tags.b", "!=", "resource.tags.<name>"],
    ['(if context.ttl < 9 then resource.arn else "x") == "y"', "==", "resource.arn"],
    ["ip(resource.tags.a).isLoopback()", "isLoopback", "resource.tags.<name>"],
    ['resource.arn < "a"', "<", "resource.arn"],
    ['{a: resource.arn}.a like "x"', "like", "resource.arn"],
    ["resource.arn is AWS::Resource", "is", "resource.arn"],
    ['!(context.ttl > 3 && resource.arn > "a")', "<=", "resource.arn"],
  ])("is %s, and names the operator and what to write", (when, operator, name) => {
    for (const effect of ["permit", "forbid"])
      expect(sentences(when, effect)).toEqual([
        expect.stringMatching(
          new RegExp(
            `^\`${operator.replace(/[<>=!]+/, ".{1,2}")}\` on ${name} cannot become a session policy; write \``,
          ),
        ),
      ]);
  });

  it("is that a tag is missing, however it is put", () => {
    expect(sentences("!(resource.tags has team)")).toHaveLength(1);
    expect(sentences('!(resource.tags has team && resource.tags.team == "x")')).toHaveLength(1);
    expect(sentences("!(!(resource.tags has team))")).toEqual([]);
  });

  it("is reported once for each, in the order of the text", () => {
    const text = 'resource.arn == "x" || [resource.arn].contains("y") || resource.tags.a < "z"';
    const converted = cedar.policyToJson(`permit (principal, action, resource) when { ${text} };`);
    if (converted.type === "failure") throw new Error("the test's policy does not parse");
    expect(uncompilable(converted.json).map(({ index, count }) => [index, count])).toEqual([
      [1, 3],
      [2, 3],
    ]);
  });
});
