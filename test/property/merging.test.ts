import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergedStatements, type Rule, type Statement } from "../../functions/core/policy/merge-statements.ts";

const rule: fc.Arbitrary<Rule> = fc.record({
  action: fc.constantFrom("s3:GetObject", "s3:PutObject", "sqs:SendMessage"),
  resource: fc.constantFrom("arn:a", "arn:b", `arn:${"long".repeat(20)}`, "*"),
  condition: fc.constantFrom<Rule["condition"]>({}, { StringEquals: { "aws:ResourceAccount": "1" } }),
});
const rules = fc.array(rule, { maxLength: 12 });

const text = ({ action, resource, condition }: Rule): string => JSON.stringify([action, resource, condition]);
const listed = (value: string | readonly string[] = []): readonly string[] =>
  typeof value === "string" ? [value] : value;

/** Pairs of each action of a statement with each of its resources: IAM's reading of a statement. */
const pairsIn = (statements: readonly Statement[]): readonly string[] =>
  statements.flatMap(({ Action, Resource, Condition: condition = {} }) =>
    listed(Action).flatMap((action) => listed(Resource).map((resource) => text({ action, resource, condition }))),
  );

describe("merging statements", () => {
  it("I2: preserves each rule and adds none: it never widens an Allow and never narrows a Deny", () => {
    fc.assert(
      fc.property(rules, fc.constantFrom("Allow", "Deny"), (given, effect) => {
        const statements = mergedStatements(effect, given);
        expect(pairsIn(statements).toSorted()).toEqual([...new Set(given.map(text))].sort());
        expect(statements.every(({ Effect }) => Effect === effect)).toBe(true);
      }),
    );
  });

  it("uses no more characters than one statement for each rule", () => {
    fc.assert(
      fc.property(rules, (given) => {
        const apart = [...new Map(given.map((each) => [text(each), each])).values()].flatMap((each) =>
          mergedStatements("Allow", [each]),
        );
        expect(JSON.stringify(mergedStatements("Allow", given)).length).toBeLessThanOrEqual(
          JSON.stringify(apart).length,
        );
      }),
    );
  });

  it("does not depend on the order of the rules", () => {
    fc.assert(
      fc.property(rules, (given) => {
        const sorted = (all: readonly Statement[]) => all.map((one) => JSON.stringify(one)).sort();
        expect(sorted(mergedStatements("Allow", given.toReversed()))).toEqual(sorted(mergedStatements("Allow", given)));
      }),
    );
  });
});
