import { describe, expect, it } from "vitest";
import { ceilingPlaceOf, isNamedInCeiling } from "../../../../functions/core/ceiling/ceiling.ts";

const NARROW = { ceiling: ["s3:GetObject", "ec2:Describe*", "iam:CreateUser"] };

describe("the standing of an action in an account", () => {
  it.each([
    ["s3:GetObject", NARROW, "within"],
    ["S3:getobject", NARROW, "within"],
    ["ec2:DescribeInstances", NARROW, "within"],
    ["s3:GetObjectTagging", NARROW, "beyond_ceiling"],
    ["xec2:DescribeInstances", NARROW, "beyond_ceiling"],
    ["ec2:StartInstances", {}, "beyond_ceiling"],
    ["s3:GetObject", {}, "within"],
    // The account's own list does not count for actions that no task may ever do.
    ["iam:CreateUser", NARROW, "never_anywhere"],
    ["sts:AssumeRoleWithSAML", {}, "never_anywhere"],
    ["STS:ASSUMEROLE", {}, "never_anywhere"],
  ] as const)("of %s in %o is %s", (action, account, place) => {
    expect(ceilingPlaceOf(action, account)).toBe(place);
  });

  it("reads a dot in an entry as a dot", () => {
    expect(ceilingPlaceOf("s3xGet", { ceiling: ["s3.Get"] })).toBe("beyond_ceiling");
  });
});

describe("an action that the ceiling names", () => {
  it("is written out there, in any case, and is not only matched by a pattern", () => {
    expect(isNamedInCeiling("s3:getObject", NARROW)).toBe(true);
    expect(isNamedInCeiling("s3:GetObject", {})).toBe(true);
    expect(isNamedInCeiling("ec2:DescribeInstances", NARROW)).toBe(false);
    expect(isNamedInCeiling("s3:PutObject", NARROW)).toBe(false);
  });

  it("is none that no task may do", () => {
    expect(isNamedInCeiling("iam:CreateUser", NARROW)).toBe(false);
  });
});
