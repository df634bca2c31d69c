import { describe, expect, it } from "vitest";
import { median, percentile } from "../../bench/statistics.ts";

describe("a percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])("of %d is a value that was seen: %d of 1 to 100", (share, value) => {
    expect(percentile(hundred, share)).toBe(value);
  });

  it("of three values in the middle is the second, whatever their order", () => {
    expect(median([30, 1, 2])).toBe(2);
  });

  it("of nothing is an error, and not a number that looks like a result", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});
