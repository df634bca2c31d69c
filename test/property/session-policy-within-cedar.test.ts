import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryScenario, type Scenario } from "./arbitrary/scenarios.ts";
import { BROKEN } from "./broken-pipelines.ts";
import { REAL, vendAndTry } from "./vend-and-try.ts";

describe("I2: a session policy allows nothing that Cedar does not permit", () => {
  const tryAll = async (parameters: fc.Parameters<[Scenario]>) => {
    const total = { vended: 0, sets: 0, denies: 0, asked: 0, allowed: 0 };
    await fc.assert(
      fc.asyncProperty(arbitraryScenario, async (scenario) => {
        const tried = await vendAndTry(scenario, REAL);
        expect(tried.violations).toEqual([]);
        for (const name of ["vended", "sets", "denies", "asked", "allowed"] as const) total[name] += tried[name];
      }),
      parameters,
    );
    return total;
  };

  it("for any policies, intents and calls", { timeout: 60_000 }, async () => {
    await tryAll({ numRuns: 100 });
  });

  it("where a good part is vended, sets among it, with Denies, and good for something", {
    timeout: 60_000,
  }, async () => {
    const total = await tryAll({ numRuns: 100, seed: 1 });
    expect(total.vended).toBeGreaterThan(30);
    expect(total.sets).toBeGreaterThan(30);
    expect(total.denies).toBeGreaterThan(3);
    expect(total.allowed).toBeGreaterThan(500);
    expect(total.asked - total.allowed).toBeGreaterThan(2_000);
  });

  it.each(Object.entries(BROKEN))("is seen to fail where %s", { timeout: 60_000 }, async (_name, { seed, build }) => {
    const pipeline = await build();
    let violations = 0;
    const isKept = fc.asyncProperty(arbitraryScenario, async (scenario) => {
      violations += (await vendAndTry(scenario, pipeline)).violations.length;
      return violations === 0;
    });
    await fc.check(isKept, { numRuns: 1_000, seed, endOnFailure: true });
    expect(violations).toBeGreaterThan(0);
  });
});
