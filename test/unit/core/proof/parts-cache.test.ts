import { describe, expect, it } from "vitest";
import { Budget, NO_CLOCK, OverBudget } from "../../../../functions/core/proof/budget.ts";
import { MatcherCache } from "../../../../functions/core/proof/matcher-cache.ts";
import { Meter } from "../../../../functions/core/proof/meter.ts";
import { type Parts, PartsCache } from "../../../../functions/core/proof/parts-cache.ts";
import { PolicyCache } from "../../../../functions/core/proof/policy-cache.ts";
import { PERMIT, statedOf, when } from "./ask.ts";

const unbounded = () => new Budget(NO_CLOCK, { states: 1_000, nodes: 1_000, milliseconds: 1 });

describe("parts that are stored for later proofs", () => {
  /** Two states of languages, two constants of the diagram, and one formula that no ARN meets. */
  const AT_FIRST = 5;
  const GROWING: readonly (readonly [string, (parts: Parts) => void])[] = [
    ["a state", ({ unknowns }) => void unknowns.languages.of("a")],
    ["a node", ({ unknowns }) => void unknowns.diagram.variable(0)],
    ["a case", ({ cases }) => void cases.onArn(1)],
    ["a formula", ({ policies }) => policies.of(statedOf(PERMIT)).store("name", 1)],
  ];

  it.each(GROWING)("are forgotten where %s is more than there may be", (_, add) => {
    const cache = new PartsCache(AT_FIRST);
    const first = cache.begin(unbounded());
    expect(cache.begin(unbounded())).toBe(first);
    add(first);
    const second = cache.begin(unbounded());
    expect(second).not.toBe(first);
    expect(cache.begin(unbounded())).toBe(second);
    const roomier = new PartsCache(AT_FIRST + 1);
    const third = roomier.begin(unbounded());
    add(third);
    expect(roomier.begin(unbounded())).toBe(third);
  });

  it("are forgotten where searches are more than there may be", () => {
    const cache = new PartsCache(10);
    const first = cache.begin(unbounded());
    const { search, unknowns } = first;
    const [one, two] = ["a", "b"].map((name) => unknowns.arn(unknowns.languages.of(name))) as [number, number];
    expect(search.find(unknowns.diagram.and(one, two))).toBeUndefined();
    expect(search.size).toBeGreaterThan(1);
    expect(cache.begin(unbounded())).not.toBe(first);
  });

  it("are paid for by the proof that adds to them", () => {
    const cache = new PartsCache();
    const { unknowns, search } = cache.begin(new Budget(NO_CLOCK, { states: 0, nodes: 1, milliseconds: 1 }));
    unknowns.open("one");
    expect(() => unknowns.open("two")).toThrow(OverBudget);
    expect(() => search.find(1)).toThrow(OverBudget);
    cache.begin(unbounded());
    expect(() => unknowns.open("two")).not.toThrow();
    expect(search.find(1)).toBe("");
  });
});

describe("a meter that no proof has begun on", () => {
  it("has the bounds of a proof, but for its time", () => {
    const meter = new Meter();
    for (let count = 0; count < 5_000; count += 1) meter.state();
    expect(() => meter.state()).toThrow(OverBudget);
    for (let count = 0; count < 20_000; count += 1) meter.node();
    expect(() => meter.node()).toThrow(OverBudget);
    expect(NO_CLOCK()).toBe(0);
  });
});

describe("stored policies", () => {
  it("have their formulas by name, and are the same for the same policy alone", () => {
    const policies = new PolicyCache();
    const [one, two] = [statedOf(PERMIT), statedOf(PERMIT)];
    policies.of(one).store("a", 7);
    expect([policies.of(one).formulaOf("a"), policies.of(one).formulaOf("b"), policies.of(two).formulaOf("a")]).toEqual(
      [...[7, undefined, undefined]],
    );
    expect(policies.size).toBe(1);
    policies.of(two).store("a", 8);
    expect([policies.of(one).formulaOf("a"), policies.of(two).formulaOf("a"), policies.size]).toEqual([7, 8, 2]);
  });

  it("share what they read where they read the same", () => {
    const policies = new PolicyCache();
    const reads = (condition: string) => policies.of(statedOf(when("permit", condition))).reads;
    expect(reads("context.ttl == 1")).toBe(reads("context.ttl == 2"));
    expect(reads("context.ttl == 1")).not.toBe(reads('context.purpose == "a"'));
  });
});

describe("stored lists of patterns", () => {
  it("name the actions that they name, each list for itself, again and again", () => {
    const matchers = new MatcherCache();
    const [one, two] = [["s3:Get*"], ["s3:Put*"]];
    for (let time = 0; time < 2; time += 1) {
      expect(["s3:GetObject", "s3:PutObject"].map(matchers.of(one))).toEqual([true, false]);
      expect(["s3:GetObject", "s3:PutObject"].map(matchers.of(two))).toEqual([false, true]);
    }
    expect(matchers.of(one)).toBe(matchers.of(one));
  });
});
