import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { arbitraryUnion } from "./arbitrary/unions.ts";
import { arbitraryTask } from "./arbitrary/worlds.ts";
import { BROKEN } from "./broken-pipelines.ts";
import { FEATURES } from "./features.ts";
import { proveBatch, tryWorld } from "./prove/batch.ts";
import { REAL } from "./vend.ts";

/** Calls for each session. `npm run prove` makes more, of many more scenarios. */
const CALLS = 25;

describe("I2: a session policy allows nothing that Cedar does not permit", () => {
  it("holds for any policies, intents and calls", async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const { counterexample } = await proveBatch({ seed, scenarios: 50, calls: CALLS });
    expect(counterexample).toBeUndefined();
  });

  describe("with a fixed seed, so that the numbers change only with the generators", () => {
    let proof: Awaited<ReturnType<typeof proveBatch>>;
    let unions: Awaited<ReturnType<typeof proveBatch>>;
    beforeAll(async () => {
      unions = await proveBatch({ seed: 3, scenarios: 60, calls: 15 }, REAL, arbitraryUnion);
      proof = await proveBatch({ seed: 8, scenarios: 300, calls: 20 }, REAL, arbitraryTask);
    });

    it("allows nothing beyond Cedar, over many calls", () => {
      const { total, counterexample } = proof;
      expect([counterexample, unions.counterexample]).toEqual([undefined, undefined]);
      expect(total.sessions).toBeGreaterThan(100);
      expect(total.asked).toBeGreaterThan(2_000);
      expect(total.allowed).toBeGreaterThan(400);
    });

    it("allows everything that the intent names and the deciding permit permits, where nothing was refused", () => {
      const { total } = proof;
      expect(total.broken).toEqual([]);
      expect(total.kept).toBe(total.promised - total.unsayable);
      expect(total.promised).toBeGreaterThan(200);
      // The pairs of another permit are not granted beside those of the deciding permit: its terms differ.
      expect(total.kept / total.permitted).toBeGreaterThan(0.98);
    });

    it.each(Object.keys(FEATURES))("was tried with %s", (name) => {
      const seen = [proof, unions].map(({ total }) => total.reach.get(name)?.scenarios ?? 0);
      expect(Math.max(...seen)).toBeGreaterThanOrEqual(1);
    });
  });

  it.each(Object.entries(BROKEN))("fails the property where %s", async (_name, { seed, build }) => {
    const pipeline = await build();
    const isKept = fc.asyncProperty(arbitraryTask, async (world) =>
      (await tryWorld(world, pipeline, CALLS)).every(({ violations }) => violations.length === 0),
    );
    const { failed } = await fc.check(isKept, { numRuns: 1_000, seed, endOnFailure: true });
    expect(failed).toBe(true);
  });
});
