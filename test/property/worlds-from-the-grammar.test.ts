import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { arbitraryTree } from "./arbitrary/wild.ts";
import { BROKEN_AT_THE_EDGES } from "./broken-at-the-edges.ts";
import { EDGE_FEATURES } from "./edge-features.ts";
import { proveBatch } from "./prove/batch.ts";
import { REAL } from "./vend.ts";

/** Calls for each session. */
const CALLS = 25;

describe("I2, I3: policies from Cedar's grammar, trees of tasks, calls at the edges", () => {
  let proof: Awaited<ReturnType<typeof proveBatch>>;
  beforeAll(async () => {
    // The seed is fixed, and so are the numbers; only a change of the generators changes them.
    proof = await proveBatch({ seed: 1, scenarios: 120, calls: CALLS }, REAL, arbitraryTree);
  });

  it("allow nothing that Cedar or the task above does not permit, and the two evaluators agree", () => {
    expect(proof.counterexample).toBeUndefined();
    expect(proof.total.asked).toBeGreaterThan(1_200);
    expect(proof.total.allowed).toBeGreaterThan(200);
  });

  it.each(Object.keys(EDGE_FEATURES))("were tried with %s", (name) => {
    expect(proof.total.reach.get(name)?.scenarios).toBeGreaterThanOrEqual(1);
  });

  it.each(Object.entries(BROKEN_AT_THE_EDGES))("are seen to fail where %s", async (_name, { seed, build }) => {
    const { total, counterexample } = await proveBatch(
      { seed, scenarios: 20, calls: CALLS },
      await build(),
      fc.noShrink(arbitraryTree),
    );
    expect(counterexample).toBeDefined();
    expect(total.asked).toBeLessThan(1_000);
  });
});
