import { describe, expect, it } from "vitest";
import { iamText, literalHead, remainders } from "../../../../functions/core/policy/remainders.ts";
import { type Glob, globFromIam } from "../../../../functions/core/text/glob.ts";
import { cpuMilliseconds } from "../../cpu-milliseconds.ts";

const HEAD = "arn:aws:s3:::acme/";

describe("the remainder after a head, for the whole to match", () => {
  it.each<[string, readonly string[]]>([
    ["arn:aws:s3:::acme/pii/*", ["pii/*"]],
    ["*", ["*"]],
    ["*pii*", ["*pii*"]],
    ["arn:aws:*pii*", ["*pii*"]],
    ["arn:aws:s3:::acme*", ["*"]],
    ["arn:aws:s3:::acme/", [""]],
    ["*/", ["*/", ""]],
    ["*acme/x", ["*acme/x", "x"]],
    ["arn:*:acme/*.csv", ["*.csv"]],
    ["arn:aws:s3:::other/*", []],
    ["arn:aws:s3:::acme", []],
    ["", []],
    ["arn:*s3*me/a*b", ["*me/a*b", "a*b"]],
  ])("%s: %j", (pattern, expected) => {
    expect(
      remainders(globFromIam(pattern), HEAD)
        .map((glob) => iamText(glob))
        .toSorted(),
    ).toEqual(expected.toSorted());
  });

  it("of nothing is the pattern itself", () => {
    expect(remainders(globFromIam("a*b"), "").map((glob) => iamText(glob))).toEqual(["a*b"]);
  });

  it("answers a hostile pattern within milliseconds", () => {
    const work = () => remainders(globFromIam("*a*aa*aaa*b"), "a".repeat(500));
    expect(cpuMilliseconds(work)).toBeLessThan(500);
  });
});

describe("the head of a set", () => {
  it.each<[Glob, string]>([
    [[{ literal: "arn:aws:s3:::acme/" }, "any", { literal: "/x" }, "any"], "arn:aws:s3:::acme/"],
    [[{ literal: "arn:aws:s3:::acme/x" }], "arn:aws:s3:::acme/x"],
    [["any"], ""],
    [[], ""],
    [[{ literal: "a" }, { literal: "*" }, "any", { literal: "b" }], "a*"],
  ])("%j is %j: literal in each of its members", (glob, expected) => {
    expect(literalHead(glob)).toBe(expected);
  });
});

describe("a glob as IAM reads it", () => {
  it("has stars for gaps, and writes what would be a wildcard or a variable so that it is itself", () => {
    expect(iamText([{ literal: "a*b?c$d{e}" }, "any"])).toBe("a${*}b${?}c${$}d{e}*");
  });
});
