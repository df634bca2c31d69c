import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { planLeases } from "../../functions/connectors/aws/plan-leases.ts";
import { prove } from "../../functions/core/proof/prove.ts";
import { arbitraryListing, hiddenParts } from "./arbitrary/listings.ts";
import { proveBatch, tryWorld } from "./prove/batch.ts";
import { type Pipeline, REAL } from "./vend.ts";

const validator = (question: Parameters<typeof prove>[0]) => prove(question, () => 0);

/** The compiler with one mistake: it does not deny lists. */
const FORGETFUL: Pipeline = {
  ...REAL,
  plan: (task, granted, ...others) =>
    planLeases(
      task,
      granted.map((each) => ({
        ...each,
        permitted: each.permitted.map((one) => ({
          ...one,
          denies: one.denies.filter(({ resources }) => !resources.some((text) => text.endsWith("${*}*"))),
        })),
      })),
      ...others,
    ),
};

describe("I2, I3: intents of lists, of whole types and of parts of them", () => {
  let proof: Awaited<ReturnType<typeof proveBatch>>;
  beforeAll(async () => {
    // The seed is fixed, and so are the numbers; only a change of the generators changes them.
    proof = await proveBatch({ seed: 3, scenarios: 150, calls: 60, validator }, REAL, arbitraryListing);
  });

  it("allow no list that shows a resource Cedar does not permit, and the validator agrees", () => {
    expect(proof.counterexample).toBeUndefined();
    expect(proof.total.verdicts.counterexample).toBe(0);
    expect(proof.total.verdicts.proven).toBe(proof.total.sessions);
    expect([proof.total.sessions > 80, proof.total.allowed > 200, proof.total.listed > 20]).toEqual([true, true, true]);
  });

  it.each(hiddenParts())("show nothing of a part that policy forbids: %s, %s*", async (_action, _part, scenario) => {
    const [tried] = await tryWorld([scenario], REAL, undefined, validator);
    expect(tried?.violations).toEqual([]);
    expect(tried?.verdicts).toEqual(tried?.vended.sessions.map(() => "proven"));
    expect(tried?.vended.sessions.length).toBe(1);
  });

  it.each([
    ["by calls", undefined],
    ["by the validator", validator],
  ])("are seen to fail where a list is not denied although a part of it is: %s", async (_how, judge) => {
    const size = { seed: 1, scenarios: 300, ...(judge ? { calls: 1, validator: judge } : {}) };
    const { counterexample } = await proveBatch(size, FORGETFUL, fc.noShrink(arbitraryListing));
    const [violation = ""] = counterexample?.violations ?? [];
    expect(violation).toMatch(judge ? /counterexample \(all judges confirm it\).*askedAs/ : /^answers with arn:/);
  });
});
