import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryScenario } from "./arbitrary/scenarios.ts";
import { vendAndTry } from "./vend-and-try.ts";
import { withChanged } from "./with-changed.ts";

/** Writes every session policy in its shortest form, as if nothing longer would fit. */
const packed = () =>
  withChanged("policy/compile", ({ compileSessionPolicy }) => ({
    compileSessionPolicy: (permitted, limits) => compileSessionPolicy(permitted, limits, 0),
  }));

/** A Deny of more actions than were granted, on some resources. */
const WIDER = /"Deny","Action":"([*]|[a-z0-9]+:[*])","Resource":\[?"arn/;

describe("I2: a session policy in its most packed form", () => {
  it("allows nothing that Cedar does not permit, and everything that was promised", async () => {
    const pipeline = await packed();
    let [allowed, wider] = [0, 0];
    await fc.assert(
      fc.asyncProperty(arbitraryScenario, async (scenario) => {
        const tried = await vendAndTry(scenario, pipeline, 20);
        expect(tried.violations).toEqual([]);
        expect(tried.broken).toEqual([]);
        allowed += tried.allowed;
        if (tried.vended.sessions.some(({ policy }) => WIDER.test(policy))) wider += 1;
      }),
      { numRuns: 120, seed: 5 },
    );
    expect(allowed).toBeGreaterThan(50);
    expect(wider).toBeGreaterThan(5);
  });
});
