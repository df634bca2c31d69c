import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keptAnswersAreProofs } from "./kept-answers.ts";

describe("I2: an answer that is kept by what policies read of the requester", () => {
  it("is the answer that a proof of its own gives, whoever was asked about before", () => {
    const seen: Record<string, number> = {};
    fc.assert(keptAnswersAreProofs(seen), { numRuns: 120 });
    expect(seen.proven).toBeGreaterThan(100);
    expect(seen.counterexample).toBeGreaterThan(100);
    expect(seen.kept).toBeGreaterThan(30);
  });
});
