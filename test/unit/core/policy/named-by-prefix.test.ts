import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import { compileSessionPolicy } from "../../../../functions/core/policy/compile.ts";
import { coversAction } from "../../../../functions/core/policy/covered-rules.ts";
import type { Permitted } from "../../../../functions/core/policy/decide.ts";
import type { Rule } from "../../../../functions/core/policy/merge-statements.ts";
import { namedByPrefix } from "../../../../functions/core/policy/named-by-prefix.ts";
import { actionName } from "../../../fakes/samples/spelled.ts";

const KEY = "aws:PrincipalTag/valetkey:held";
const DESCRIBES = Array.from({ length: 20 }, (_, index) => `ec2:DescribeThing${String.fromCharCode(65 + index)}`);
const held = { mark: "m", actions: [...DESCRIBES, "ec2:RunInstances", "sqs:SendMessage"] };
const rule = (action: string, resource = "*", condition = {}) => ({ action, resource, condition });
const marked = { StringEquals: { [KEY]: "m" } };

describe("Allows with many actions", () => {
  it("name them by a prefix where the role is held to no other of that prefix, and demand the role's mark", () => {
    const named = namedByPrefix(
      DESCRIBES.map((action) => rule(action)),
      held,
      KEY,
    );
    expect(named).toEqual({ allowed: [rule("ec2:DescribeThing*", "*", marked)], denied: [] });
  });

  it("preserve their own conditions beside the mark", () => {
    const condition = { StringEquals: { "aws:ResourceAccount": "1" }, Bool: { x: "true" } };
    const { allowed } = namedByPrefix(
      DESCRIBES.map((action) => rule(action, "*", condition)),
      held,
      KEY,
    );
    const both = { ...condition, StringEquals: { ...condition.StringEquals, [KEY]: "m" } };
    expect(allowed.map((each) => each.condition)).toEqual([both]);
  });

  it("deny what the prefix has too much, where the session allows it nowhere", () => {
    const [denied = "", ...others] = DESCRIBES;
    expect(
      namedByPrefix(
        others.map((action) => rule(action)),
        held,
        KEY,
      ),
    ).toEqual({
      allowed: [rule("ec2:DescribeThing*", "*", marked)],
      denied: [rule(denied)],
    });
  });

  it("name one by one what begins like an action that is allowed elsewhere or otherwise alone", () => {
    const [other = "", ...others] = DESCRIBES;
    const rules = others.map((action) => rule(action));
    for (const more of [rule(other, "arn"), rule(other, "*", { Bool: { x: "true" } })])
      expect(namedByPrefix([...rules, more], held, KEY)).toEqual({ allowed: [...rules, more], denied: [] });
    expect(namedByPrefix(rules, held, KEY, [other])).toEqual({ allowed: rules, denied: [] });
  });

  it("stay as they are where names are shorter, and where the role is not held to one of them", () => {
    const few = DESCRIBES.slice(0, 3).map((action) => rule(action));
    const fewer = { ...held, actions: few.map(({ action }) => action) };
    expect(namedByPrefix(few, fewer, KEY).allowed).toEqual(few);
    const all = [...DESCRIBES, "ec2:DescribeMore"].map((action) => rule(action));
    expect(namedByPrefix(all, held, KEY).allowed).toEqual(all);
  });

  it("compare a list of actions with the held names once, for however many resources", () => {
    let reads = 0;
    const counted = {
      mark: held.mark,
      get actions() {
        reads += 1;
        return held.actions;
      },
    };
    const readsFor = (actions: readonly string[], resources: number): number => {
      reads = 0;
      const rules = Array.from({ length: resources }, (_, nth) => actions.map((action) => rule(action, `arn:${nth}`)));
      namedByPrefix(rules.flat(), counted, KEY);
      return reads;
    };
    expect(readsFor(DESCRIBES, 200)).toBe(readsFor(DESCRIBES, 1));
    // Names that are shorter than any statement are compared with nothing.
    expect(readsFor(["sqs:SendMessage"], 200)).toBe(0);
  });

  it("match exactly the names, of those to which the role is held", () => {
    const letters = [..."abcdefghij"];
    const actions = ["A", "B", "C"].flatMap((group) => letters.map((letter) => `s:Describe${group}${letter}InDetail`));
    // Whole groups on one resource, but for a few actions of them.
    const where = fc.constantFrom("x", "y", "none");
    const placed = fc
      .tuple(
        fc.array(where, { minLength: 3, maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...actions), where, { maxKeys: 3 }),
      )
      .map(([groups, few]) =>
        actions.map((action, index) => [action, few[action] ?? groups[Math.floor(index / 10)] ?? "none"] as const),
      );
    let [withPrefix, withDeny] = [0, 0];
    fc.assert(
      fc.property(placed, (all) => {
        const rules = all.filter(([, on]) => on !== "none").map(([action, on]) => rule(action, on));
        const { allowed, denied } = namedByPrefix(rules, { mark: "m", actions }, KEY);
        withPrefix += Number(allowed.some(({ action }) => action.endsWith("*")));
        withDeny += Number(denied.length > 0);
        const isIn = (some: readonly Rule[], action: string, resource: string) =>
          some.some((one) => coversAction(one.action, action) && [resource, "*"].includes(one.resource));
        for (const resource of ["x", "y"])
          for (const action of actions)
            expect(isIn(allowed, action, resource) && !isIn(denied, action, resource)).toBe(
              isIn(rules, action, resource),
            );
      }),
      { numRuns: 300 },
    );
    expect([withPrefix > 30, withDeny > 0]).toEqual([true, true]);
  });
});

describe("a session policy of many actions", () => {
  const pairs = DESCRIBES.map((action): Permitted => {
    const pair = {
      action: actionName(action),
      groups: [],
      mints: false,
      isPattern: false,
      target: "*",
      account: accountId("1".repeat(12)),
    };
    return {
      pair: { ...pair, kind: "account" },
      ...{ policies: ["p"], conditions: [{}], denies: [], obligations: { bindIp: false, rotateAfterUse: false } },
    };
  });
  const limits = { fenceAt: 0, held: { ...held, key: KEY } };

  it("is spelled out where that fits", () => {
    expect(compileSessionPolicy(pairs, limits).text).not.toContain("*Thing");
    expect(compileSessionPolicy(pairs, limits).text).not.toContain(KEY);
  });

  it("names them by a prefix where it does not, with the Deny of other services where there is room for it", () => {
    const [wide, narrow] = [450, 300].map((most) => compileSessionPolicy(pairs, limits, most));
    expect(wide?.text).toContain("ec2:DescribeThing*");
    expect([wide?.text.includes("NotAction"), narrow?.text.includes("NotAction")]).toEqual([true, false]);
    expect(narrow?.text).toContain(`"Condition":{"StringEquals":{"${KEY}":"m"}}`);
  });

  it("is spelled out whatever its length where the role is held to no names", () => {
    expect(compileSessionPolicy(pairs, { fenceAt: 0 }, 100).text).not.toContain("Thing*");
  });
});
