import { describe, expect, it } from "vitest";
import { tagConditions } from "../../../../functions/core/policy/tag-conditions.ts";
import { globFromIam } from "../../../../functions/core/text/glob.ts";
import { onObjects, TAGGED } from "./pairs.ts";

const UNTAGGED = onObjects("arn:aws:sqs:us-east-1:111122223333:jobs");
const PAIR = { ...UNTAGGED, ...TAGGED };
const tag = (key: string, pattern: string) => ({ of: "tag" as const, key, glob: globFromIam(pattern) });
const TEAM = "aws:ResourceTag/team";

describe("conditions on tags", () => {
  it("are none where a policy requires none", () => {
    expect(tagConditions("Allow", [], [], PAIR)).toEqual({});
    expect(tagConditions("Deny", [], [], UNTAGGED)).toEqual({});
  });

  it("I2: are not possible where IAM cannot limit the action by tags", () => {
    expect(tagConditions("Allow", [tag("team", "data")], [], UNTAGGED)).toBeUndefined();
  });

  it("I2: of an Allow hold only where the tag is there", () => {
    expect(tagConditions("Allow", [tag("team", "data")], [], PAIR)).toEqual({ StringEquals: { [TEAM]: ["data"] } });
    expect(tagConditions("Allow", [tag("team", "da*")], [], PAIR)).toEqual({ StringLike: { [TEAM]: ["da*"] } });
    expect(tagConditions("Allow", [tag("team", "")], [], PAIR)).toEqual({ StringEquals: { [TEAM]: [""] } });
    expect(tagConditions("Allow", [tag("team", "*")], [], PAIR)).toEqual({ Null: { [TEAM]: ["false"] } });
    expect(tagConditions("Allow", [], [tag("team", "data")], PAIR)).toEqual({
      StringNotEquals: { [TEAM]: ["data"] },
      Null: { [TEAM]: ["false"] },
    });
  });

  it("I2: of a Deny hold also where the tag is not there, unless the policy tests for it", () => {
    expect(tagConditions("Deny", [tag("team", "pii")], [], PAIR)).toEqual({
      StringEqualsIfExists: { [TEAM]: ["pii"] },
    });
    expect(tagConditions("Deny", [tag("team", "pii*")], [], PAIR)).toEqual({
      StringLikeIfExists: { [TEAM]: ["pii*"] },
    });
    expect(tagConditions("Deny", [], [tag("team", "data*")], PAIR)).toEqual({ StringNotLike: { [TEAM]: ["data*"] } });
    expect(tagConditions("Deny", [tag("team", "*"), tag("team", "pii")], [], PAIR)).toEqual({
      StringEquals: { [TEAM]: ["pii"] },
    });
  });

  it("I2: of an Allow test whether a tag is there that only has to be, of whatever IAM perhaps gets", () => {
    const perhaps = { ...UNTAGGED, tagKey: { prefix: "aws:ResourceTag", isCertain: false } };
    const must = [tag("team", "*"), tag("env", "dev")];
    const env = { "aws:ResourceTag/env": ["dev"] };
    expect(tagConditions("Allow", must, [], perhaps)).toEqual({ StringEquals: env, Null: { [TEAM]: ["false"] } });
    expect(tagConditions("Deny", must, [], perhaps)).toEqual({ StringEqualsIfExists: env });
  });

  it("hold a tag to a value and to a pattern at once: each has an operator of its own", () => {
    expect(tagConditions("Allow", [tag("team", "data"), tag("team", "da*")], [], PAIR)).toEqual({
      StringEquals: { [TEAM]: ["data"] },
      StringLike: { [TEAM]: ["da*"] },
    });
  });

  it("name each tag by itself, and join what must all be unlike", () => {
    expect(
      tagConditions("Allow", [tag("team", "data"), tag("env", "dev")], [tag("env", "a"), tag("env", "b")], PAIR),
    ).toEqual({
      StringEquals: { [TEAM]: ["data"], "aws:ResourceTag/env": ["dev"] },
      StringNotEquals: { "aws:ResourceTag/env": ["a", "b"] },
    });
  });

  it.each<[string, readonly (readonly [string, string])[], readonly (readonly [string, string])[]]>([
    [
      "a tag that must be two things at once, which IAM would read as either",
      [
        ["team", "a"],
        ["team", "b"],
      ],
      [],
    ],
    ["a tag that must not be there, which anybody who may tag would decide", [], [["team", "*"]]],
    [
      "two tags that differ in their case only, which IAM does not distinguish",
      [
        ["team", "a"],
        ["Team", "b"],
      ],
      [],
    ],
    [
      "two tags that are one in small letters",
      [
        ["\u212ay", "a"],
        ["ky", "b"],
      ],
      [],
    ],
    [
      "two tags that are one in capitals",
      [
        ["\u017fet", "a"],
        ["set", "b"],
      ],
      [],
    ],
  ])("I2: cannot express %s", (_name, required, excluded) => {
    const must = required.map(([key, pattern]) => tag(key, pattern));
    const mustNot = excluded.map(([key, pattern]) => tag(key, pattern));
    expect(tagConditions("Allow", must, mustNot, PAIR)).toBeUndefined();
    expect(tagConditions("Deny", must, mustNot, PAIR)).toBeUndefined();
  });

  it("write a dollar sign so that it begins no variable, and stars so that they are themselves", () => {
    const literal = [{ literal: "${x}*?" }];
    expect(tagConditions("Allow", [{ of: "tag", key: "team", glob: literal }], [], PAIR)).toEqual({
      StringEquals: { [TEAM]: ["${$}{x}*?"] },
    });
    expect(tagConditions("Allow", [{ of: "tag", key: "team", glob: [...literal, "any"] }], [], PAIR)).toEqual({
      StringLike: { [TEAM]: ["${$}{x}${*}${?}*"] },
    });
  });
});
