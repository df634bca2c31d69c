import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { describe, expect, it } from "vitest";
import { decide } from "../../../../functions/core/policy/decide.ts";
import { readsIn } from "../../../../functions/policy/read/parse-policies.ts";
import { cedarOf } from "../cedar-of.ts";
import { anAsker, onObjects, TAGGED } from "./pairs.ts";

const START = onObjects("arn:aws:ec2:us-east-1:111122223333:instance/i-0", {
  action: "ec2:StartInstances",
  groups: [],
  service: "ec2",
  region: "us-east-1",
  arnNamesAccount: true,
  ...TAGGED,
});
const PERMIT = "permit (principal, action, resource is AWS::Resource);";

describe("I2: a name that a policy's text escapes is the name itself", () => {
  it.each([
    'resource.tags has stage && resource.tags.stage == "prod"',
    'resource has "t\\u{61}gs" && resource["t\\u{61}gs"] has stage && resource["t\\u{61}gs"].stage == "prod"',
    'resource has tags.stage && resource.tags.stage == "prod"',
  ])("a forbid of %s denies by the tag, of one resource too", (when) => {
    const policies = cedarOf([PERMIT, `forbid (principal, action, resource is AWS::Resource) when { ${when} };`]);
    const verdict = decide(START, anAsker(), policies);
    expect("permitted" in verdict && verdict.permitted.denies).toEqual([
      { resources: [START.target], conditions: { StringEquals: { "aws:ResourceTag/stage": ["prod"] } } },
    ]);
  });

  it.each<[string, readonly string[]]>([
    ["context.time.hour < 13", ["time"]],
    ['context["\\u{74}ime"].hour < 13', ["time"]],
    ["context has time.hour", ["time"]],
    ["context == {purpose: context.purpose}", ["time"]],
    ["[context].contains({})", ["time"]],
    ["resource has tags", ["tags"]],
    ['resource has "t\\u{61}gs"', ["tags"]],
    ["resource has tags.stage", ["tags"]],
    ['(if context.ttl == 1 then resource else resource)["tags"] has stage', ["tags"]],
    ["{tags: 1}.tags == 1 && context.time.weekday == 1", ["tags", "time"]],
    ['resource.arn like "*tags*" && context.purpose == "time" && context.ttl < 3', []],
    ['resource in AWS::Account::"time" || principal.team == "tags"', []],
  ])("%s reads %j", (when, expected) => {
    expect(readsIn(jsonOf(when))).toEqual(expected);
    expect(cedarOf([`forbid (principal, action, resource) when { ${when} };`]).readsTime).toBe(
      expected.includes("time"),
    );
  });
});

function jsonOf(when: string): unknown {
  const converted = cedar.policyToJson(`forbid (principal, action, resource) when { ${when} };`);
  if (converted.type === "failure") throw new Error(converted.errors.map(({ message }) => message).join("; "));
  return converted.json;
}
