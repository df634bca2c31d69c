import { describe, expect, it } from "vitest";
import { iamText } from "../../../../functions/core/policy/remainders.ts";
import {
  contains,
  disjoint,
  type Glob,
  globFromCedar,
  globFromIam,
  matches,
  narrowest,
  widest,
} from "../../../../functions/core/text/glob.ts";
import { cpuMilliseconds } from "../../cpu-milliseconds.ts";

const iam = globFromIam;

describe("a glob", () => {
  it.each([
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["a*", "a", true],
    ["*a", "ba", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["*ab*", "xaby", true],
    ["*ab*b", "xab", false],
    ["a*b*c", "axxbyyc", true],
    ["a*bc*c", "abc", false],
    ["*ab*ab*", "ab", false],
    ["*ab*ab*", "abab", true],
    ["*a*b*", "ba", false],
    ["a?c", "abc", false],
    ["a?c", "a?c", true],
  ])("%j and %j: match is %j", (pattern, text, expected) => {
    expect(matches(iam(pattern), text)).toBe(expected);
  });

  it.each([
    ["a/*", "a/b/*", true],
    ["a/*", "a/b", true],
    ["a/*", "a*", false],
    ["*", "", true],
    ["a**b", "a*b", true],
    ["a*b", "a**b", true],
    ["*a*", "*", false],
    ["a*a", "a", false],
    ["a*", "a", true],
    ["*pii*", "arn:aws:s3:::b/pii/*", true],
    ["*pii*", "arn:aws:s3:::b/p*i/*", false],
  ])("%j and %j: containment is %j", (outer, inner, expected) => {
    expect(contains(iam(outer), iam(inner))).toBe(expected);
  });

  it.each([
    ["a*", "b*", true],
    ["a*", "*b", false],
    ["ab*", "a*b", false],
    ["*a", "*b", true],
    ["a*b", "ab", false],
    ["ab", "a*b", false],
    ["a*ba", "ab", true],
    ["a", "b", true],
    ["arn:aws:s3:::b/*", "*/pii/*", false],
    ["arn:aws:s3:::b/reports/*", "arn:aws:s3:::b/pii/*", true],
  ])("%j and %j: disjointness is %j", (a, b, expected) => {
    expect(disjoint(iam(a), iam(b))).toBe(expected);
  });

  it("distinguishes Cedar's literal star from its wildcard", () => {
    const star = globFromCedar([{ Literal: "a" }, { Literal: "*" }]);
    expect(matches(star, "a*")).toBe(true);
    expect(matches(star, "ab")).toBe(false);
    expect(contains(star, iam("a*"))).toBe(false);
    expect(contains(iam("a*"), star)).toBe(true);
    expect(disjoint(star, globFromCedar([{ Literal: "ab" }, "Wildcard"]))).toBe(true);
  });

  it("I2: never claims to contain another on the strength of the symbol for a gap", () => {
    const symbol = globFromCedar(["Wildcard", { Literal: "\uD800" }]);
    expect(contains(symbol, iam("*"))).toBe(false);
    expect(contains(symbol, symbol)).toBe(false);
    expect(contains(iam("*"), symbol)).toBe(true);
  });

  it.each<[readonly string[], readonly string[], readonly string[]]>([
    [[], [], []],
    [
      ["a*", "b*"],
      ["a*", "b*"],
      ["a*", "b*"],
    ],
    [
      ["a*", "ab*", "b"],
      ["a*", "b"],
      ["ab*", "b"],
    ],
    [
      ["ab*", "b", "a*"],
      ["b", "a*"],
      ["ab*", "b"],
    ],
    [["abc", "ab*", "a*"], ["a*"], ["abc"]],
    [["a*", "ab*", "abc"], ["a*"], ["abc"]],
    [
      ["a**", "b", "a*"],
      ["a**", "b"],
      ["a**", "b"],
    ],
  ])("of %j the widest are %j, and the narrowest %j", (globs, wide, narrow) => {
    const written = (all: readonly Glob[]) => all.map((glob) => iamText(glob));
    expect(written(widest(globs.map(iam)))).toEqual(wide);
    expect(written(narrowest(globs.map(iam)))).toEqual(narrow);
  });

  it("answers hostile patterns of the largest size within milliseconds", () => {
    const cedar = globFromCedar(
      [..."a".repeat(999)].flatMap((character) => [{ Literal: character }, "Wildcard" as const]),
    );
    const nearMiss = iam(`${"a".repeat(30)}*`.repeat(16).concat("b"));
    const text = "a".repeat(2_000);
    const work = () => {
      for (const glob of [cedar, nearMiss]) {
        matches(glob, text);
        contains(glob, nearMiss);
        contains(nearMiss, glob);
        disjoint(glob, nearMiss);
      }
    };
    expect(cpuMilliseconds(work)).toBeLessThan(100);
  });
});
