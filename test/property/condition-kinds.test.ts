import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conditionsIn } from "../../functions/policy/clauses/conditions.ts";
import { isNode } from "../../functions/policy/read/policy-nodes.ts";
import { kindsAreKept, nothingCompared } from "./condition-kinds.ts";

type Policy = Parameters<typeof conditionsIn>[0];

/** Rebuilds each expression of a policy from the inside out. */
const rebuilt = (policy: Policy, change: (node: Readonly<Record<string, unknown>>) => unknown): Policy => {
  const within = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(within);
    if (!isNode(value)) return value;
    return change(Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, within(inner)])));
  };
  return {
    ...policy,
    conditions: policy.conditions.map(({ kind, body }) => ({ kind, body: within(body) as typeof body })),
  };
};

const readsConditions = (node: unknown): boolean => JSON.stringify(node).includes('"conditions"');

/** Leaves out operands that read no condition, beside one that does. */
const withoutOthers = (node: Readonly<Record<string, unknown>>): unknown => {
  const sides = node["&&"] ?? node["||"];
  if (!isNode(sides)) return node;
  const [one, other] = [sides.left, sides.right].filter(readsConditions);
  return one === undefined || other !== undefined ? node : one;
};

const noFaults = (policy: Policy) => {
  const found = conditionsIn(policy);
  return "fault" in found ? [] : found;
};

/** Copies of `conditionsIn` with one mistake each. */
const BROKEN: Readonly<Record<string, typeof conditionsIn>> = {
  "takes an unless for a when": (policy) =>
    conditionsIn({ ...policy, conditions: policy.conditions.map(({ body }) => ({ kind: "when", body })) }),
  "takes a forbid for a permit": (policy) => conditionsIn({ ...policy, effect: "permit" }),
  "ignores negations": (policy) => conditionsIn(rebuilt(policy, (node) => (isNode(node["!"]) ? node["!"].arg : node))),
  "accepts other facts in a clause": (policy) => conditionsIn(rebuilt(policy, withoutOthers)),
  "takes an unread clause for none": noFaults,
};

describe("I2: a condition of the world has the effect of its kind on policies", () => {
  it("for any policies that the build accepts, errors included", async () => {
    const compared = nothingCompared();
    // `npm run prove` tries 100,000.
    await fc.assert(kindsAreKept(compared), { numRuns: 3_000 });
    const { pairs, differ, erred, refused } = compared;
    expect(pairs).toBeGreaterThan(5_000);
    for (const count of [differ, erred, refused]) expect(count).toBeGreaterThan(200);
  });

  it.each(Object.entries(BROKEN))("finds out a check that %s", async (_, usesOf) => {
    const { failed, errorInstance } = await fc.check(kindsAreKept(nothingCompared(), usesOf), { numRuns: 20_000 });
    expect([failed, String(errorInstance)]).toEqual([
      true,
      expect.stringContaining("has another effect than its uses"),
    ]);
  });
});
