import { describe, expect, it } from "vitest";
import { roundTripsBetween, stepsOf } from "../../bench/trips/critical-path.ts";

const at = (...beganAtMs: readonly number[]) => beganAtMs.map((each) => ({ beganAtMs: each }));

describe("the critical path", () => {
  it("has one step for calls that began together, whatever order they are listed in", () => {
    expect(stepsOf(at(205, 3, 0, 410), 200)).toEqual([at(0, 3), at(205), at(410)]);
  });

  it("has no step where there was no call", () => {
    expect(stepsOf([], 200)).toEqual([]);
  });

  it("is as long as distance is paid for, and the work in between does not count", () => {
    expect(roundTripsBetween({ delayMs: 20, tookMs: 60 + 35 }, { delayMs: 220, tookMs: 660 + 35 })).toBe(3);
  });
});
