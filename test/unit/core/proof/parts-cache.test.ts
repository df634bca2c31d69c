import { describe, expect, it } from "vitest";
import { Budget, LIMITS, NO_CLOCK, OverBudget } from "../../../../functions/core/proof/budget.ts";
import { MatcherCache, Meter, type Parts, PartsCache } from "../../../../functions/core/proof/parts-cache.ts";
import { PolicyCache } from "../../../../functions/core/proof/policy-cache.ts";
import { PERMIT, statedOf, when } from "./ask.ts";

const unbounded = () => new Budget(NO_CLOCK, { work: 5_000, milliseconds: 1 });

describe("parts that are stored for later proofs", () => {
  const GROWING: readonly (readonly [string, (parts: Parts) => void])[] = [
    ["a state", ({ unknowns }) => void unknowns.languages.of("a")],
    ["a node", ({ unknowns }) => void unknowns.diagram.variable(0)],
    ["an unknown", ({ unknowns }) => void unknowns.open("one")],
    ["the account of a pattern", ({ unknowns }) => void unknowns.account("1", () => 1)],
    ["a case", ({ cases }) => void cases.onArn(1)],
    ["a formula", ({ policies }) => policies.of(statedOf(PERMIT)).store("name", 1)],
  ];

  it.each(GROWING)("are forgotten where %s takes more memory than there may be", (_, add) => {
    const { bytes: atFirst } = new PartsCache();
    const cache = new PartsCache(atFirst);
    const first = cache.begin(unbounded());
    expect(cache.begin(unbounded())).toBe(first);
    add(first);
    const { bytes } = cache;
    expect(bytes).toBeGreaterThan(atFirst);
    const second = cache.begin(unbounded());
    expect([second === first, cache.bytes]).toEqual([false, atFirst]);
    expect(cache.begin(unbounded())).toBe(second);
    const roomier = new PartsCache(bytes);
    const third = roomier.begin(unbounded());
    add(third);
    expect(roomier.begin(unbounded())).toBe(third);
  });

  it("count what each of them takes", () => {
    const cache = new PartsCache();
    const { unknowns, cases, search, policies } = cache.begin(unbounded());
    const atFirst = search.bytes;
    const [one, two] = ["a", "b"].map((name) => unknowns.arn(unknowns.languages.of(name))) as [number, number];
    expect(search.find(unknowns.diagram.and(one, two))).toBeUndefined();
    expect(search.bytes).toBeGreaterThan(atFirst);
    expect(cache.bytes).toBe(unknowns.bytes + cases.bytes + search.bytes + policies.bytes);
  });

  it("count the characters of names once for all policies that share one", () => {
    const cache = new PartsCache();
    const { policies } = cache.begin(unbounded());
    const grownBy = (name: string): number => {
      const before = cache.bytes;
      policies.of(statedOf(PERMIT)).store(name, 1);
      return cache.bytes - before;
    };
    const [first, second] = [grownBy("a".repeat(1_000)), grownBy("a".repeat(1_000))];
    expect(first).toBeGreaterThan(2_000);
    expect(second).toBeLessThan(200);
  });

  it("are paid for by the proof that adds to them", () => {
    const cache = new PartsCache();
    const { unknowns, search } = cache.begin(new Budget(NO_CLOCK, { work: 1, milliseconds: 1 }));
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
    for (let count = 1; count < LIMITS.work / 4; count += 1) meter.state();
    for (let count = 0; count < 3; count += 1) meter.node();
    meter.characters(8);
    expect(() => meter.characters(1)).toThrow(OverBudget);
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
