import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { implies } from "../../functions/core/policy/implied-conditions.ts";
import { joinedConditions } from "../../functions/core/policy/join-conditions.ts";
import type { Condition } from "../../functions/core/policy/merge-statements.ts";
import { weakestWays } from "../../functions/core/policy/weakest-ways.ts";
import { plainlyHolds } from "./plain-evaluator.ts";

const [TEAM, ENV] = ["aws:ResourceTag/team", "aws:ResourceTag/env"];
const values = fc.uniqueArray(fc.constantFrom("a", "ab", "a*", "*b", "*", "${*}", "a${*}", "a?", "${$}"), {
  minLength: 1,
  maxLength: 3,
});
const LIKES = ["StringEquals", "StringLike", "StringEqualsIfExists", "StringLikeIfExists"];
const line = fc.oneof(
  fc.tuple(fc.constantFrom(...LIKES, "StringNotEquals", "StringNotLike"), fc.constantFrom(TEAM, ENV), values),
  fc.tuple(fc.constant("Null"), fc.constantFrom(TEAM, ENV), fc.constantFrom(["false"], ["true"])),
);
const condition = fc.array(line, { maxLength: 3 }).map((lines) => {
  const block: Record<string, Record<string, readonly string[]>> = {};
  for (const [operator, key, given] of lines) block[operator] = { ...block[operator], [key]: given };
  return block;
});

const VALUES = [undefined, "", "a", "ab", "b", "aab", "*", "a*", "?", "a?", "$", "c"];
const CONTEXTS = VALUES.flatMap((team) =>
  VALUES.map((env) => ({
    ...(team === undefined ? {} : { [TEAM]: team }),
    ...(env === undefined ? {} : { [ENV]: env }),
  })),
);
const holding = (ways: readonly Condition[]) => CONTEXTS.filter((each) => ways.some((way) => plainlyHolds(way, each)));

describe("a condition that implies another (I2)", () => {
  it("holds only where the other one holds, whatever the tags are", () => {
    let implied = 0;
    fc.assert(
      fc.property(condition, condition, (one, other) => {
        if (!implies(one, other)) return;
        implied += 1;
        expect(holding([other])).toEqual(expect.arrayContaining(holding([one])));
      }),
      { numRuns: 2_000 },
    );
    expect(implied).toBeGreaterThan(100);
  });

  it("changes no call when it is left out of the ways; the same is true of a duplicate", () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 5 }), (ways) => {
        expect(holding(weakestWays(ways))).toEqual(holding(ways));
        expect(holding(joinedConditions(ways))).toEqual(holding(ways));
      }),
      { numRuns: 500 },
    );
  });
});
