import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";
import { document, type Row } from "./row.ts";
import { RULES, type Rules } from "./rules.ts";
import { ROWS } from "./truth-tables.ts";

const titled = (rows: readonly Row[]) => rows.map((row, index) => [`${index}: ${row.says}`, row] as const);

describe("the second evaluator of session policies", () => {
  it.each(titled(ROWS))("decides as the documentation does (%s)", (_, { policy, request, decision }) => {
    expect(evaluate(policy, request)).toBe(decision);
  });

  /** Wrong readings of the documentation. */
  const WRONG: Readonly<Record<string, Partial<Rules>>> = {
    "a wildcard takes no newline": { isAny: (character) => character !== "\n" },
    "a wildcard takes no slash": { isAny: (character) => character !== "/" },
    "what is written as a special character is a wildcard": { special: () => ["run"] },
    "a special character is a wildcard of one": { special: () => ["one"] },
    "names have case": { fold: (name) => name },
    "an ARN is one text": { segments: (arn) => [arn] },
    "an ARN is split at every colon": { segments: (arn) => arn.split(":") },
    "NotAction is Action": { isNot: (matches) => matches },
    "conditions are joined by OR": { all: (answers) => answers.length === 0 || answers.some(Boolean) },
    "values are joined by AND": { ofValues: (answers, isNegated) => answers.every(Boolean) !== isNegated },
    "a negated operator is like any other": { ofValues: (answers) => answers.some(Boolean) },
    "values of a negated operator are joined by OR": {
      ofValues: (answers, isNegated) => answers.some((each) => each !== isNegated),
    },
    "ForAllValues is ForAnyValue": { ofSet: (answers) => answers.some(Boolean) },
    "ForAnyValue is ForAllValues": { ofSet: (answers) => answers.every(Boolean) },
    "a missing key is false": { missing: () => false },
    "a missing key is true": { missing: () => true },
    "a missing key is false of a negated operator": {
      missing: ({ ifExists, set }) => ifExists || set === "ForAllValues",
    },
    "IfExists makes no difference": { missing: ({ isNegated, set }) => (set ? set === "ForAllValues" : isNegated) },
    "ForAllValues needs the key": { missing: ({ isNegated, ifExists, set }) => ifExists || (!set && isNegated) },
    "ForAnyValue, negated, needs no key": { missing: (operator) => operator.isNegated || RULES.missing(operator) },
    "Null is about values only": { isNull: (values) => values?.length === 0 },
    "Null is about the key only": { isNull: (values) => values === undefined },
    "an Allow wins": { decision: (effects) => (effects.has("Allow") ? "allowed" : "explicit deny") },
    "what nothing denies is allowed": { decision: (effects) => (effects.has("Deny") ? "explicit deny" : "allowed") },
  };

  it.each(Object.entries(WRONG))("is seen to fail where %s", (_, wrong) => {
    const answers = ROWS.map(({ policy, request }) => {
      try {
        return evaluate(policy, request, { ...RULES, ...wrong });
      } catch (error) {
        return error;
      }
    });
    expect(answers).not.toEqual(ROWS.map(({ decision }) => decision));
  });

  it("reads a wildcard in a resource's type so that more is allowed, since AWS does not document its meaning", () => {
    const request = { action: "dynamodb:GetItem", resource: "arn:aws:dynamodb:us-east-1:1:table/x", context: {} };
    const head = { Action: "*", Resource: "arn:aws:dynamodb:us-east-1:1:ta*e/x" } as const;
    expect(evaluate(document({ Effect: "Allow", ...head }), request)).toBe("allowed");
    expect(evaluate(document({ Effect: "Deny", ...head }), request)).toBe("implicit deny");
  });

  it.each<[string, () => unknown]>([
    ["a policy of an old version", () => evaluate({ Statement: [] }, ANY)],
    ["an operator that is none", () => evaluate(asking({ StringMatches: { a: "b" } }), ANY)],
    ["a key in two spellings", () => evaluate(document(), { ...ANY, context: { "k/a": "1", "k/A": "2" } })],
    [
      "several values without ForAnyValue",
      () => evaluate(asking({ StringEquals: { a: "b" } }), { ...ANY, context: { a: ["b", "c"] } }),
    ],
  ])("throws for %s", (_, ask) => {
    expect(ask).toThrow(RangeError);
  });
});

const ANY = { action: "s3:GetObject", resource: "*", context: {} };
const asking = (Condition: Readonly<Record<string, Readonly<Record<string, string>>>>) =>
  document({ Effect: "Allow", Action: "*", Resource: "*", Condition });
