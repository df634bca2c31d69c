import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryScenario } from "./arbitrary/scenarios.ts";
import { BROKEN } from "./broken-pipelines.ts";
import { type Pipeline, REAL, vendAndTry } from "./vend-and-try.ts";

const violating = (pipeline: Pipeline, numRuns: number, seed: number) =>
  fc.check(
    fc.asyncProperty(arbitraryScenario, async (scenario) => {
      expect((await vendAndTry(scenario, pipeline)).violations).toEqual([]);
    }),
    { numRuns, seed, endOnFailure: true },
  );

describe("I2: a session policy allows nothing that Cedar does not permit", () => {
  it("for any policies, intents and calls", { timeout: 60_000 }, async () => {
    const total = { vended: 0, sets: 0, asked: 0, allowed: 0 };
    await fc.assert(
      fc.asyncProperty(arbitraryScenario, async (scenario) => {
        const tried = await vendAndTry(scenario, REAL);
        expect(tried.violations).toEqual([]);
        for (const name of ["vended", "sets", "asked", "allowed"] as const) total[name] += tried[name];
      }),
      { numRuns: 250 },
    );
    // Or the property would say little: it must vend, sets among what it vends, and what it vends must be good for something.
    expect(total.vended).toBeGreaterThan(50);
    expect(total.sets).toBeGreaterThan(50);
    expect(total.allowed).toBeGreaterThan(500);
    expect(total.asked - total.allowed).toBeGreaterThan(2_000);
  });

  it.each(Object.entries(BROKEN))("is seen to fail where %s", { timeout: 60_000 }, async (_name, build) => {
    expect((await violating(await build(), 1_000, 3)).failed).toBe(true);
  });
});
