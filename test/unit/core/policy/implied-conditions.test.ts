import { describe, expect, it } from "vitest";
import type { ConditionBlock } from "../../../../functions/core/intent/detail.ts";
import { implies } from "../../../../functions/core/policy/implied-conditions.ts";

const TEAM = "aws:ResourceTag/team";
const is = (operator: string, ...values: string[]): ConditionBlock => ({ [operator]: { [TEAM]: values } });
const there = is("Null", "false");

describe("one condition implies another", () => {
  it.each<readonly [string, ConditionBlock, ConditionBlock]>([
    ["it requires the same", is("StringEquals", "a"), is("StringEquals", "a")],
    ["the other requires nothing", is("StringEquals", "a"), {}],
    ["it requires more", { ...is("StringEquals", "a"), ...is("Bool", "true") }, is("Bool", "true")],
    ["the values are the same in another order", is("NumericEquals", "1", "2"), is("NumericEquals", "2", "1")],
    ["it takes fewer values", is("StringEquals", "a"), is("StringEquals", "b", "a")],
    ["its values are within a pattern", is("StringEquals", "a", "ab"), is("StringLike", "a*")],
    ["its pattern is within a pattern", is("StringLike", "ab*"), is("StringLike", "a*")],
    ["a literal wildcard is within a pattern", is("StringLike", "a${*}"), is("StringLike", "a*")],
    [
      "it requires the tag, and the other only where it is there",
      is("StringEquals", "a"),
      is("StringEqualsIfExists", "a"),
    ],
    ["both require only where the tag is there", is("StringEqualsIfExists", "a"), is("StringLikeIfExists", "a*")],
    ["it requires a value, and the other that the tag is there", is("StringLike", "a*"), there],
    ["it excludes more values", is("StringNotEquals", "a", "b"), is("StringNotEquals", "b")],
    ["it excludes a pattern with the value in it", is("StringNotLike", "a*"), is("StringNotEquals", "ab")],
    [
      "the key is written in another case",
      is("StringEquals", "a"),
      { StringEquals: { "AWS:resourcetag/Team": ["a"] } },
    ],
  ])("where %s", (_, one, other) => {
    expect(implies(one, other)).toBe(true);
  });

  it.each<readonly [string, ConditionBlock, ConditionBlock]>([
    ["it requires nothing", {}, is("StringEquals", "a")],
    ["it takes a value that the other does not", is("StringEquals", "a", "b"), is("StringEquals", "a")],
    ["its pattern is wider", is("StringLike", "a*"), is("StringEquals", "a")],
    ["what is a wildcard here is a character there", is("StringLike", "a*"), is("StringEquals", "a*")],
    ["it holds where the tag is missing", is("StringEqualsIfExists", "a"), is("StringEquals", "a")],
    ["it holds where the tag is missing, and the other requires it", is("StringEqualsIfExists", "a"), there],
    ["the other requires that the tag be missing", is("StringEquals", "a"), is("Null", "true")],
    ["it excludes, and the other requires that the tag be there", is("StringNotEquals", "a"), there],
    ["it excludes fewer values", is("StringNotEquals", "b"), is("StringNotEquals", "a", "b")],
    ["it excludes, and the other requires a value", is("StringNotEquals", "a"), is("StringEquals", "a")],
    ["it requires a value, and the other excludes one", is("StringEquals", "a"), is("StringNotEquals", "a")],
    ["another operator compares otherwise", is("NumericEquals", "1"), is("NumericLessThan", "1")],
    ["another operator, with fewer values", is("NumericEquals", "1"), is("NumericEquals", "1", "2")],
    ["another operator requires what the other excludes", is("ArnEquals", "a"), is("StringNotEquals", "a")],
    ["the values are as many and not the same", is("NumericEquals", "1", "2"), is("NumericEquals", "1", "3")],
    ["it takes the value in any case", is("StringEqualsIgnoreCase", "a"), is("StringEquals", "a")],
    ["the other excludes the value in any case", is("StringNotEquals", "a"), is("StringNotEqualsIgnoreCase", "a")],
    ["one of its values may be another", is("ForAnyValue:StringNotEquals", "a"), is("StringNotEquals", "a")],
    ["a set of values is compared as a whole", is("ForAnyValue:StringEquals", "a"), is("StringEquals", "a")],
    ["a wildcard for one character is not read", is("StringLike", "a?"), is("StringLike", "a*")],
    ["a variable is not read", is("StringLike", "${aws:username}"), is("StringLike", "*")],
    ["the pattern around it is not read", is("StringLike", "ab"), is("StringLike", "a?")],
    ["it is about another key", is("StringEquals", "a"), { StringEquals: { "aws:ResourceTag/env": ["a"] } }],
    [
      "it is about another key, which is the same in capitals",
      { StringEquals: { "aws:ResourceTag/maß": ["a"] } },
      { StringEquals: { "aws:ResourceTag/mass": ["a"] } },
    ],
  ])("not where %s", (_, one, other) => {
    expect(implies(one, other)).toBe(false);
  });
});
