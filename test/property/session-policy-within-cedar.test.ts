import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryScenario, type Scenario } from "./arbitrary/scenarios.ts";
import { BROKEN } from "./broken-pipelines.ts";
import { REAL, vendAndTry } from "./vend-and-try.ts";

describe("I2: a session policy allows nothing that Cedar does not permit", () => {
  const tryAll = async (parameters: fc.Parameters<[Scenario]>) => {
    const total = { vended: 0, sets: 0, denies: 0, tagged: 0, narrowed: 0, asked: 0, allowed: 0 };
    await fc.assert(
      fc.asyncProperty(arbitraryScenario, async (scenario) => {
        const tried = await vendAndTry(scenario, REAL);
        expect(tried.violations).toEqual([]);
        for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += tried[name];
      }),
      parameters,
    );
    return total;
  };

  it("for any policies, intents and calls", { timeout: 60_000 }, async () => {
    await tryAll({ numRuns: 150 });
  });

  it("where a good part is vended, sets among it, with Denies, and good for something", {
    timeout: 60_000,
  }, async () => {
    // The seed is fixed, and so are the numbers: they change with the generators alone.
    const total = await tryAll({ numRuns: 150, seed: 1 });
    expect(total.vended).toBeGreaterThan(40);
    expect(total.sets).toBeGreaterThan(60);
    expect(total.denies).toBeGreaterThan(5);
    expect(total.tagged).toBeGreaterThan(10);
    expect(total.narrowed).toBeGreaterThan(3);
    expect(total.allowed).toBeGreaterThan(1_000);
    // With the run above, more than 20,000 requests each time that the tests run.
    expect(total.asked).toBeGreaterThan(10_000);
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
