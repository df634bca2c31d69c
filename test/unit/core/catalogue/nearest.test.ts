import { describe, expect, it } from "vitest";
import { nearest } from "../../../../functions/core/catalogue/nearest.ts";

describe("nearest", () => {
  it.each([
    ["getobject", ["PutObject", "GetObject", "GetObjectAcl"], "GetObject"],
    ["GetObjct", ["GetObjectAcl", "GetObject"], "GetObject"],
    ["DescribeInstance", ["DescribeInstances", "DescribeInstanceTypes"], "DescribeInstances"],
    ["ss3", ["ec2", "s3"], "s3"],
    ["abcdef", ["abcxyz", "uvwxyz"], undefined],
    ["abcdef", ["abcdxy", "abxyzz"], "abcdxy"],
    ["", ["s3"], undefined],
    ["s3", [], undefined],
  ])("to %j among %j is %j", (text, candidates, expected) => {
    expect(nearest(text, candidates)).toBe(expected);
  });
});
