import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startedSince } from "../../../../functions/core/revocation/render.ts";

const FROM = Date.UTC(2026, 0) / 1_000;
const UNTIL = Date.UTC(2060, 0) / 1_000;

const moment = fc.integer({ min: FROM, max: UNTIL });
const later = fc.oneof(fc.integer({ min: -100, max: 100 }), fc.integer({ min: -1e8, max: 1e8 }));

/** IAM's reading of a pattern: here a star is at its end, or nowhere. */
const fits = (text: string, pattern: string): boolean =>
  pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;

describe("patterns of the moments from one on", () => {
  it("fit exactly those, each once, for ten digits of seconds", () => {
    fc.assert(
      fc.property(moment, later, (since, by) => {
        const patterns = startedSince(since);
        expect(patterns.filter((pattern) => fits(String(since + by), pattern))).toHaveLength(by >= 0 ? 1 : 0);
      }),
      { numRuns: 5_000 },
    );
  });

  it("take 850 characters at most, quotes and commas with them, as admission counts them", () => {
    // The more zeros, the more patterns.
    const moments = Array.from({ length: 30 }, (_, step) => 1_710_000_000 + step * 1e7);
    const sizes = moments.map((since) => JSON.stringify(startedSince(since)).length);
    expect(Math.max(...sizes)).toBe(850);
    const before2033 = fc.integer({ min: FROM, max: 2_000_000_000 });
    fc.assert(fc.property(before2033, (since) => JSON.stringify(startedSince(since)).length <= 850));
  });
});
