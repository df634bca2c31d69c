import { describe, expect, it } from "vitest";
import { Budget, OverBudget } from "../../../../functions/core/proof/budget.ts";
import { FALSE, TRUE } from "../../../../functions/core/proof/diagram.ts";
import { arn, both, CHOICES, type Choice, either, not, wordsOf, world } from "./small-world.ts";

const ON_ARN = ["a*", "*b", "ab", "a", "*a*", "b*a", ""].map(arn);
const SEARCHED = ON_ARN.flatMap((one) =>
  ON_ARN.flatMap((two) =>
    ON_ARN.flatMap((three) => [both(both(one, not(two)), not(three)), both(either(one, two), not(three))]),
  ),
);
const WORDS = wordsOf("abx", 4).toSorted((one, two) => one.length - two.length);

describe("I2: a search for an ARN", () => {
  it("finds a shortest one where there is one, and none elsewhere: after other searches, again, and by itself", () => {
    const small = world();
    for (const [index, formula] of SEARCHED.entries()) {
      const meant = WORDS.find((word) => formula.holds({ ...(CHOICES[0] as Choice), arn: word }));
      const found = small.search.find(formula.of(small));
      expect([index, found?.length]).toEqual([index, meant?.length]);
      if (found !== undefined) expect(formula.holds({ ...(CHOICES[0] as Choice), arn: found })).toBe(true);
      expect(small.search.find(formula.of(small))).toBe(found);
      if (index % 11 > 0) continue;
      const cold = world();
      expect(cold.search.find(formula.of(cold))?.length).toBe(meant?.length);
    }
  });

  it("pays for each state once, and nothing for what it knows to be empty", () => {
    const { search, arn: arnIn, diagram, counted } = world();
    const empty = diagram.and(arnIn("ab"), arnIn("*a"));
    expect(search.find(FALSE)).toBeUndefined();
    expect(counted.states).toBe(0);
    expect(search.find(empty)).toBeUndefined();
    const took = counted.states;
    expect(took).toBe(3);
    expect(search.find(empty)).toBeUndefined();
    expect(counted.states).toBe(took);
    expect(search.find(arnIn("ab"))).toBe("ab");
    expect(search.find(arnIn("ab"))).toBe("ab");
    expect(counted.states).toBe(took + 6);
  });

  it("ends with the budget", () => {
    const { search, arn: arnIn } = world(new Budget(() => 0, { work: 20, milliseconds: 1 }));
    expect(search.find(arnIn("a"))).toBe("a");
    expect(() => search.find(arnIn("b"))).toThrow(OverBudget);
  });

  it("counts the memory of what it stores", () => {
    const { search, arn: arnIn, diagram } = world();
    const { bytes: atFirst } = search;
    search.find(arnIn("a"));
    const { bytes: ofOne } = search;
    expect(ofOne).toBeGreaterThan(atFirst);
    search.find(diagram.and(arnIn("a"), arnIn("b")));
    const { bytes: ofTwo } = search;
    expect(ofTwo).toBeGreaterThan(ofOne);
    search.find(diagram.and(arnIn("a"), arnIn("b")));
    expect(search.bytes).toBe(ofTwo);
  });

  it("is for an ARN alone", () => {
    const { search, unknowns } = world();
    expect(() => search.find(unknowns.open("x"))).toThrow("what is searched for is an ARN alone");
  });
});

describe("an unknown before a call", () => {
  it("is one variable for one thing, from 0 on", () => {
    const { unknowns, diagram, arn: arnIn, key } = world();
    const formulas = [
      arnIn("a"),
      key("k", "a"),
      key("l", "a"),
      key("k", "b"),
      unknowns.open("k"),
      unknowns.unclear("k"),
    ];
    expect(formulas.map((formula) => diagram.variableOf(formula))).toEqual([0, 1, 2, 3, 4, 5]);
    expect([
      arnIn("a"),
      key("k", "a"),
      key("l", "a"),
      key("k", "b"),
      unknowns.open("k"),
      unknowns.unclear("k"),
    ]).toEqual(formulas);
    expect(formulas.map((formula) => unknowns.of(diagram.variableOf(formula)).of)).toEqual([
      ...["arn", "key", "key", "key", "open", "unclear"],
    ]);
    expect(unknowns.isThere("k")).toBe(unknowns.key("k", unknowns.languages.sure));
  });

  it("is nothing of an ARN where every ARN is in the set, or none is; of a key it is whether it is there", () => {
    const { unknowns, diagram } = world();
    const { sure, dead } = unknowns.languages;
    expect([unknowns.arn(sure), unknowns.arn(dead)]).toEqual([TRUE, FALSE]);
    expect(diagram.support(unknowns.key("k", sure)).length).toBe(1);
  });
});
