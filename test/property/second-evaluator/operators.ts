import { isInRange } from "./ip-range.ts";
import { matchesArn } from "./match-arn.ts";
import type { Rules } from "./rules.ts";
import { type Lookup, matches, tokensOf } from "./text-pattern.ts";

/** Compares a value of the request with the policy's. The negated operators are the opposites. */
type Comparison = (value: string, expected: string, lookup: Lookup, rules: Rules) => boolean;

const text =
  (hasWildcards: boolean, written: (text: string) => string = (same) => same): Comparison =>
  (value, expected, lookup, rules) => {
    const tokens = tokensOf(expected, hasWildcards, lookup, rules);
    const folded = tokens?.map((token) =>
      typeof token === "string" ? token : { character: written(token.character) },
    );
    return folded !== undefined && matches(folded, written(value), rules);
  };

const number =
  (holds: (value: number, expected: number) => boolean): Comparison =>
  (value, expected) =>
    isNumber(value) && isNumber(expected) && holds(Number(value), Number(expected));
const isNumber = (given: string): boolean => /^[+-]?\d+(\.\d+)?$/.test(given);

const date =
  (holds: (value: number, expected: number) => boolean): Comparison =>
  (value, expected) =>
    holds(instant(value), instant(expected));
/** Reads ISO 8601 or epoch seconds as milliseconds. Anything else is NaN, which equals nothing. */
const instant = (given: string): number => (/^\d+(\.\d+)?$/.test(given) ? Number(given) * 1_000 : Date.parse(given));

const arn: Comparison = (value, expected, lookup, rules) => matchesArn(expected, value, lookup, rules);

/** Source: IAM User Guide, "IAM JSON policy elements: Condition operators": one row of its tables each. */
export const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: text(false),
  StringEqualsIgnoreCase: text(false, (each) => each.toLowerCase()),
  StringLike: text(true),
  NumericEquals: number((value, expected) => value === expected),
  NumericLessThan: number((value, expected) => value < expected),
  NumericLessThanEquals: number((value, expected) => value <= expected),
  NumericGreaterThan: number((value, expected) => value > expected),
  NumericGreaterThanEquals: number((value, expected) => value >= expected),
  DateEquals: date((value, expected) => value === expected),
  DateLessThan: date((value, expected) => value < expected),
  DateLessThanEquals: date((value, expected) => value <= expected),
  DateGreaterThan: date((value, expected) => value > expected),
  DateGreaterThanEquals: date((value, expected) => value >= expected),
  Bool: (value, expected) => value.toLowerCase() === expected.toLowerCase(),
  BinaryEquals: (value, expected) => value === expected,
  IpAddress: isInRange,
  ArnEquals: arn,
  ArnLike: arn,
};

/** The negated operators, each with its opposite. */
export const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  NumericNotEquals: "NumericEquals",
  DateNotEquals: "DateEquals",
  NotIpAddress: "IpAddress",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
};
