import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scenario } from "./arbitrary/scenarios.ts";
import { REAL, type Pipeline, tried } from "./vend-and-try.ts";
describe("x", () => {
  it("y", async () => {
    const total = { runs: 0, vended: 0, allowed: 0, asked: 0, patterns: 0, refused: 0 , undef: 0};
    const t = performance.now();
    await fc.assert(
      fc.asyncProperty(scenario, async (one) => {
        const r = await tried(one, REAL);
        total.runs++; total.vended += r.vended; total.allowed += r.allowed; total.asked += r.asked; total.patterns += r.patterns;total.undef += r.impossible; total.refused += r.refused
        expect(r.violations).toEqual([]);
      }), { numRuns: 300 },
    );
    console.log(total, performance.now() - t);
  }, 200000);
});
