import { describe, expect, it } from "vitest";
import { medianInterval, outcomeOf } from "../../bench/cpu/regression.ts";

const KEPT = { ratio: 1, mayGrowBy: 0.2 };

/** Ratios around a middle, evenly spread to both sides. */
const around = (middle: number, spread: number, count = 31): readonly number[] =>
  Array.from({ length: count }, (_, index) => middle + spread * ((2 * index) / (count - 1) - 1));

describe("the check of a vend's CPU", () => {
  it.each([
    ["as kept", around(1, 0.1), "within"],
    ["a tenth above, in a quiet process", around(1.1, 0.05), "within"],
    ["a third above", around(1.33, 0.1), "regression"],
    ["cheaper than kept", around(0.7, 0.1), "within"],
    ["a fifth above, give or take a half", around(1.2, 0.5), "too noisy"],
  ] as const)("a vend that costs %s is judged", (_, ratios, outcome) => {
    expect(outcomeOf(ratios, KEPT)).toBe(outcome);
  });

  it("some rounds with a great deal of other work in between make no regression, and hide none", () => {
    const disturbed = [9, 9, 9, 9, 9, 9, 0.1, 0.1];
    expect(outcomeOf([...around(1, 0.05, 40), ...disturbed], KEPT)).toBe("within");
    expect(outcomeOf([...around(1.35, 0.05, 40), ...disturbed], KEPT)).toBe("regression");
  });

  it("more rounds make the interval smaller, and too few make none", () => {
    const [few, many] = [medianInterval(around(1, 0.5, 30)), medianInterval(around(1, 0.5, 120))];
    expect(many.high - many.low).toBeLessThan(few.high - few.low);
    expect(() => medianInterval(around(1, 0.5, 6))).toThrow(RangeError);
  });
});
