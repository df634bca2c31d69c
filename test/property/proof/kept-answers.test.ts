import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keptAnswersAreProofs } from "./kept-answers.ts";

describe("I2: an answer remembered by the requester's attributes that policies read", () => {
  it("equals the answer of a proof of its own, whoever requested before", () => {
    const seen: Record<string, number> = {};
    fc.assert(keptAnswersAreProofs(seen), { numRuns: 120 });
    expect(seen.proven).toBeGreaterThan(20);
    expect(seen.counterexample).toBeGreaterThan(20);
    expect(seen.kept).toBeGreaterThan(5);
  });
});
