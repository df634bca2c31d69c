import { isInRange } from "./ip-range.ts";
import { matchesArn } from "./match-arn.ts";
import type { Rules } from "./rules.ts";
import { type Lookup, matches, tokensOf } from "./text-pattern.ts";

/** Compares a value of the request with the policy's. The negated operators are the opposites. */
type Comparison = (value: string, said: string, lookup: Lookup, rules: Rules) => boolean;

const text =
  (hasWildcards: boolean, written: (text: string) => string = (same) => same): Comparison =>
  (value, said, lookup, rules) => {
    const tokens = tokensOf(said, hasWildcards, lookup, rules);
    const folded = tokens?.map((token) =>
      typeof token === "string" ? token : { character: written(token.character) },
    );
    return folded !== undefined && matches(folded, written(value), rules);
  };

const number =
  (holds: (value: number, said: number) => boolean): Comparison =>
  (value, said) =>
    isNumber(value) && isNumber(said) && holds(Number(value), Number(said));
const isNumber = (given: string): boolean => /^[+-]?\d+(\.\d+)?$/.test(given);

const date =
  (holds: (value: number, said: number) => boolean): Comparison =>
  (value, said) =>
    holds(instant(value), instant(said));
/** Reads ISO 8601 or epoch seconds as milliseconds. Anything else is NaN, which equals nothing. */
const instant = (given: string): number => (/^\d+(\.\d+)?$/.test(given) ? Number(given) * 1_000 : Date.parse(given));

const arn: Comparison = (value, said, lookup, rules) => matchesArn(said, value, lookup, rules);

/** Source: IAM User Guide, "IAM JSON policy elements: Condition operators": one row of its tables each. */
export const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: text(false),
  StringEqualsIgnoreCase: text(false, (each) => each.toLowerCase()),
  StringLike: text(true),
  NumericEquals: number((value, said) => value === said),
  NumericLessThan: number((value, said) => value < said),
  NumericLessThanEquals: number((value, said) => value <= said),
  NumericGreaterThan: number((value, said) => value > said),
  NumericGreaterThanEquals: number((value, said) => value >= said),
  DateEquals: date((value, said) => value === said),
  DateLessThan: date((value, said) => value < said),
  DateLessThanEquals: date((value, said) => value <= said),
  DateGreaterThan: date((value, said) => value > said),
  DateGreaterThanEquals: date((value, said) => value >= said),
  Bool: (value, said) => value.toLowerCase() === said.toLowerCase(),
  BinaryEquals: (value, said) => value === said,
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
