import { describe, expect, it } from "vitest";
import { Budget, OverBudget } from "../../../../functions/core/proof/budget.ts";
import { Containment } from "../../../../functions/core/proof/containment.ts";
import { FALSE, TRUE } from "../../../../functions/core/proof/diagram.ts";
import { arn, both, CHOICES, type Choice, either, not, wordsOf, world } from "./small-world.ts";

const ON_ARN = ["a*", "*b", "ab", "*a*", "b*a", "*"].map(arn);
const FORMULAS = ON_ARN.flatMap((one) =>
  ON_ARN.flatMap((two) =>
    ON_ARN.flatMap((three) => [
      both(both(one, not(two)), not(three)),
      both(either(one, two), not(three)),
      both(one, two),
    ]),
  ),
);
const WORDS = wordsOf("abx", 4);

describe("I2: a formula that is shown to be empty", () => {
  it("is met by no word", () => {
    const small = world();
    const containment = new Containment(small.unknowns, small.budget);
    let shown = 0;
    for (const formula of FORMULAS) {
      if (!containment.isEmpty(formula.of(small))) continue;
      shown += 1;
      expect(WORDS.filter((word) => formula.holds({ ...(CHOICES[0] as Choice), arn: word }))).toEqual([]);
    }
    expect(shown).toBeGreaterThan(100);
    expect(small.counted.states).toBe(0);
  });

  it("takes one set outside of another that covers it, on each way", () => {
    const { unknowns, diagram, arn: arnIn, budget } = world();
    const containment = new Containment(unknowns, budget);
    const [wide, narrow, other] = [arnIn("*a*"), arnIn("*ba"), arnIn("c*")];
    expect(containment.isEmpty(diagram.and(narrow, diagram.not(wide)))).toBe(true);
    expect(containment.isEmpty(diagram.and(wide, diagram.not(narrow)))).toBe(false);
    expect(containment.isEmpty(diagram.and(diagram.or(narrow, other), diagram.not(wide)))).toBe(false);
    expect(containment.isEmpty(diagram.and(narrow, other))).toBe(false);
    expect([containment.isEmpty(FALSE), containment.isEmpty(TRUE)]).toEqual([true, false]);
    expect(containment.isEmpty(diagram.and(narrow, unknowns.open("o")))).toBe(false);
  });

  it("looks at 1,000 nodes at most, and pays for them", () => {
    const isEmpty = (count: number, budget = new Budget(() => 0)) => {
      const { unknowns, diagram, arn: arnIn } = world();
      const first = arnIn("zx*");
      // Each of 2^n ways is empty, for the last set on it alone.
      const between = Array.from({ length: count }, (_, index) => arnIn(`*-${index}-`));
      const parity = between.reduce((left, each) => diagram.choose(each, diagram.not(left), left));
      const formula = diagram.and(first, diagram.or(parity, arnIn("*last")), diagram.not(arnIn("*x*")));
      return new Containment(unknowns, budget).isEmpty(formula);
    };
    expect([isEmpty(5), isEmpty(12)]).toEqual([true, false]);
    expect(() => isEmpty(5, new Budget(() => 0, { work: 10, milliseconds: 1 }))).toThrow(OverBudget);
  });
});
