import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutCovered } from "../../functions/core/policy/covered-rules.ts";
import { mergedStatements, type Rule, type Statement } from "../../functions/core/policy/merge-statements.ts";
import { widerDenies } from "../../functions/core/policy/wider-denies.ts";
import { ACCOUNT } from "./arbitrary/arns.ts";
import { arbitraryGrants, CALLS_OF_GRANTS } from "./arbitrary/grants.ts";
import { sessionPolicyAllows } from "./iam-oracle.ts";
import { plainlyAllows, plainlyMatches } from "./plain-evaluator.ts";

const unpacked = (effect: Statement["Effect"], rules: readonly Rule[]): readonly Statement[] =>
  rules.map(({ action, resource, condition: when }) => ({
    Effect: effect,
    Action: action,
    Resource: resource,
    Condition: when,
  }));
function packed(given: { readonly allowed: readonly Rule[]; readonly denied: readonly Rule[] }) {
  const [allows, denies] = [withoutCovered(given.allowed), withoutCovered(given.denied)];
  return {
    allows: mergedStatements("Allow", allows),
    denies: mergedStatements("Deny", withoutCovered(widerDenies(denies, allows))),
  };
}
const matching = (statements: readonly Statement[]) =>
  CALLS_OF_GRANTS.filter((call) => statements.some((each) => plainlyMatches(each, call)));

describe("a packed session policy", () => {
  it("I2: allows no call that its rules one by one would deny", () => {
    fc.assert(
      fc.property(arbitraryGrants, (given) => {
        const { allows, denies } = packed(given);
        expect(matching(allows)).toEqual(matching(unpacked("Allow", given.allowed)));
        expect(matching(denies)).toEqual(expect.arrayContaining(matching(unpacked("Deny", given.denied))));
      }),
      { numRuns: 300 },
    );
  });

  it("decides every call as its rules one by one do: a widened Deny denies nothing that is allowed", () => {
    let wider = 0;
    fc.assert(
      fc.property(arbitraryGrants, (given) => {
        const { allows, denies } = packed(given);
        const before = [...unpacked("Allow", given.allowed), ...unpacked("Deny", given.denied)];
        const answers = (statements: readonly Statement[]) =>
          CALLS_OF_GRANTS.map((call) => plainlyAllows(statements, call));
        expect(answers([...allows, ...denies])).toEqual(answers(before));
        if (JSON.stringify(denies).includes('"Action":"*"')) wider += 1;
      }),
      { numRuns: 300 },
    );
    expect(wider).toBeGreaterThan(50);
  });

  it("decides every call as its rules do, by an evaluator that shares no code with valetkey", async () => {
    let decided = 0;
    await fc.assert(
      fc.asyncProperty(
        arbitraryGrants,
        fc.shuffledSubarray([...CALLS_OF_GRANTS], { minLength: 8, maxLength: 8 }),
        async (given, calls) => {
          const { allows, denies } = packed(given);
          const before = [...unpacked("Allow", given.allowed), ...unpacked("Deny", given.denied)];
          for (const { action, resource, context } of calls) {
            const request = { action, resource, resourceAccount: ACCOUNT, context };
            const [one, other] = [before, [...allows, ...denies]].map((Statement) =>
              sessionPolicyAllows(JSON.stringify({ Version: "2012-10-17", Statement }), request),
            );
            const answer = await one;
            expect(await other).toBe(answer);
            if (answer !== undefined) decided += 1;
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(decided).toBeGreaterThan(200);
  });
});
