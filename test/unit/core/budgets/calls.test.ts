import { describe, expect, it } from "vitest";
import { type CalledIn, calledIn, callFreeAt, overIn, partOf } from "../../../../functions/core/budgets/calls.ts";

const HOUR = { count: 3, window: 3_600 };

describe("signatures in a window", () => {
  it("count for the whole window, and for up to a sixtieth of it longer, plus the clocks' margin", () => {
    const called: CalledIn = new Map([[partOf(HOUR, 6_000), 2]]);
    expect(calledIn(called, HOUR, 6_000)).toBe(2);
    expect(calledIn(called, HOUR, 6_000 + 3_600)).toBe(2);
    expect(calledIn(called, HOUR, 6_000 + 60 + 3_600 + 9)).toBe(2);
    expect(calledIn(called, HOUR, 6_000 + 60 + 3_600 + 10)).toBe(0);
    expect(overIn(called, HOUR, 6_000 + 60 + 3_600 + 10)).toEqual([100]);
  });

  it("are never fewer than those that were given within the window, for any moments of signatures", () => {
    // A fixed sequence of moments, a few hundred, in an uneven rhythm.
    const moments = Array.from({ length: 400 }, (_, n) => 10_000 + n * 37 + ((n * n) % 61));
    for (const window of [60, 3_600, 86_400]) {
      const called = new Map<number, number>();
      for (const [n, at] of moments.entries()) {
        const part = partOf({ window }, at);
        called.set(part, (called.get(part) ?? 0) + 1);
        const inside = moments.slice(0, n + 1).filter((each) => each > at - window).length;
        expect(calledIn(called, { window }, at)).toBeGreaterThanOrEqual(inside);
      }
    }
  });

  it("are allowed again as soon as enough of them count no more", () => {
    const called: CalledIn = new Map([
      [101, 1],
      [100, 2],
    ]);
    expect(callFreeAt(called, { ...HOUR, count: 4 }, 6_100)).toBeUndefined();
    expect(callFreeAt(called, HOUR, 6_100)).toBe(101 * 60 + 3_600 + 10);
    expect(callFreeAt(called, { ...HOUR, count: 1 }, 6_100)).toBe(102 * 60 + 3_600 + 10);
  });
});
