import { describe, expect, it } from "vitest";
import { restOf } from "../../../../functions/core/proof/counterexample.ts";
import { FALSE, TRUE } from "../../../../functions/core/proof/diagram.ts";
import { ACCOUNTS, ARNS, type Atom, CHOICES, type Choice, FORMULAS, VALUES, valueIn, world } from "./small-world.ts";

const allOf = (formula: Atom, choices: readonly Choice[]) => choices.map((choice) => formula.holds(choice));

const CASES_OF_KEY = [
  ["tag:t", (choice: Choice) => VALUES.map((t) => ({ ...choice, t }))],
  ["account", (choice: Choice) => ACCOUNTS.map((each) => ({ ...choice, account: each }))],
] as const;
/** Choices that differ in one thing each. */
const FEW = CHOICES.filter((_, index) => index % 41 === 0);

describe("I2: the choice of a call", () => {
  it("agrees with each formula of a small world", () => {
    const small = world();
    for (const formula of FORMULAS)
      expect(FEW.map((choice) => valueIn(small, formula.of(small), choice))).toEqual(allOf(formula, FEW));
  });

  it.each(CASES_OF_KEY)("is taken out key by key: %s", (key, choicesOf) => {
    const small = world();
    for (const formula of FORMULAS) {
      const some = small.cases.some(formula.of(small), key);
      const there = small.cases.someThere(formula.of(small), key);
      const meant = FEW.map((choice) => choicesOf(choice).some((each) => formula.holds(each)));
      const meantThere = FEW.map((choice) =>
        choicesOf(choice).some((each) => (key === "account" || each.t !== undefined) && formula.holds(each)),
      );
      expect(FEW.map((choice) => valueIn(small, some, choice))).toEqual(meant);
      expect(FEW.map((choice) => valueIn(small, there, choice))).toEqual(meantThere);
      expect(small.cases.keysIn(some)).not.toContain(key);
    }
  });

  it("is taken out case by case, with the value of each case", () => {
    const small = world();
    for (const formula of FORMULAS)
      for (const { value, rest } of small.cases.each(formula.of(small), "tag:t"))
        expect(FEW.map((choice) => valueIn(small, rest, choice))).toEqual(
          FEW.map((choice) => formula.holds({ ...choice, t: value })),
        );
    for (const formula of FORMULAS)
      for (const { value, rest } of small.cases.each(formula.of(small), "account"))
        expect(FEW.map((choice) => valueIn(small, rest, choice))).toEqual(
          FEW.map((choice) => formula.holds({ ...choice, account: value ?? "" })),
        );
  });

  it.each([
    ["open", true],
    ["open", false],
    ["unclear", true],
    ["unclear", false],
  ] as const)("is answered for the conditions that nobody computes: %s, %s", (of, some) => {
    const small = world();
    const [yes, no] = [{ [of]: true }, { [of]: false }];
    for (const formula of FORMULAS) {
      const answered = small.cases.answered(formula.of(small), of, some);
      const meant = FEW.map((choice) => {
        const answers = [yes, no].map((answer) => formula.holds({ ...choice, ...answer }));
        return some ? answers.includes(true) : !answers.includes(false);
      });
      expect(FEW.map((choice) => valueIn(small, answered, choice))).toEqual(meant);
    }
  });

  it("leaves what is about the ARN alone, warm and cold", () => {
    const small = world();
    for (const formula of FORMULAS) {
      const left = small.cases.onArn(formula.of(small));
      const meant = ARNS.map((text) => CHOICES.some((choice) => choice.arn === text && formula.holds(choice)));
      const choices = ARNS.map((text): Choice => ({ ...(CHOICES[0] as Choice), arn: text }));
      expect(choices.map((choice) => valueIn(small, left, choice))).toEqual(meant);
      expect(small.cases.onArn(formula.of(small))).toBe(left);
      const cold = world();
      const fresh = cold.cases.onArn(formula.of(cold));
      expect(choices.map((choice) => valueIn(cold, fresh, choice))).toEqual(meant);
    }
  });

  it("is one choice with which the formula holds, where it holds for some", () => {
    for (const formula of FORMULAS) {
      const small = world();
      for (const text of ["", "ab", "b"]) {
        const choices = CHOICES.filter((choice) => choice.arn === text);
        const onText = small.diagram.replace(formula.of(small), (variable) => {
          const unknown = small.unknowns.of(variable);
          if (unknown.of !== "arn") return small.diagram.variable(variable);
          return small.unknowns.languages.has(unknown.state, text) ? TRUE : FALSE;
        });
        if (!choices.some((choice) => formula.holds(choice))) continue;
        const {
          account: chosen = ACCOUNTS[3] as string,
          tags,
          conditions,
        } = restOf(onText, small.unknowns, small.cases);
        const { o: open = false, u: unclear = false } = conditions;
        expect(formula.holds({ arn: text, t: tags.t, account: chosen, open, unclear })).toBe(true);
        expect(chosen).toMatch(/^\d{12}$/);
      }
    }
  });

  it("is a missing key rather than a value, and a condition that is met rather than not", () => {
    const { cases, unknowns, diagram, key } = world();
    const formula = diagram.or(diagram.not(key("tag:t", "a*")), unknowns.open("o"));
    expect(restOf(formula, unknowns, cases)).toEqual({
      account: undefined,
      tags: {},
      keys: {},
      spelled: {},
      conditions: {},
    });
    const chosen = diagram.and(key("iam:s3:prefix", "p"), key("spelled:t", "s"), key("tag:t", "v"), unknowns.open("o"));
    const against = diagram.and(chosen, diagram.not(unknowns.open("n")), key("account", "*2"));
    expect(restOf(against, unknowns, cases)).toEqual({
      account: expect.stringMatching(/^\d{11}2$/),
      tags: { t: "v" },
      keys: { "s3:prefix": "p" },
      spelled: { t: "s" },
      conditions: { o: true, n: false },
    });
  });

  it("is stored for sets that are named by numbers, however these read together", () => {
    const { cases, unknowns, diagram } = world();
    const { languages } = unknowns;
    const states = Array.from({ length: 120 }, (_, index) => languages.of(`${index}`));
    const numbered = (id: number) => states.find((state) => state.id === id);
    const pairs = [
      [11, 1],
      [1, 11],
      [11, 1, 1],
    ].map((ids) => ids.map((id) => numbered(id + 2) ?? languages.sure));
    for (const [index, all] of pairs.entries()) {
      const formula = diagram.or(...all.map((state) => unknowns.key(`tag:k${index}`, state)));
      const values = cases.each(formula, `tag:k${index}`).map(({ value }) => value);
      for (const state of all) expect(values).toContain(state.suffixes[0]);
    }
  });

  it("counts what is stored", () => {
    const { cases, key, arn: arnIn, diagram } = world();
    expect(cases.bytes).toBe(0);
    const formula = diagram.and(key("tag:t", "a"), arnIn("b"));
    cases.onArn(formula);
    const { bytes } = cases;
    expect(bytes).toBeGreaterThan(0);
    cases.onArn(formula);
    cases.some(formula, "tag:t");
    expect(cases.bytes).toBe(bytes);
    cases.each(formula, "tag:t");
    const { bytes: ofOne } = cases;
    expect(ofOne).toBeGreaterThan(bytes + 100);
    cases.each(formula, "tag:t");
    expect(cases.bytes).toBe(ofOne);
    cases.each(diagram.and(key("tag:t", "b".repeat(1_000)), arnIn("b")), "tag:t");
    expect(cases.bytes).toBeGreaterThan(ofOne + 2_000);
  });

  it("is paid for by the state, once for the same sets", () => {
    const { cases, key, diagram, counted, arn: arnIn } = world();
    const formula = diagram.and(key("tag:t", "ab"), arnIn("b"));
    cases.each(formula, "tag:t");
    expect(counted.states).toBe(4);
    cases.each(diagram.or(key("tag:t", "ab"), arnIn("a")), "tag:t");
    expect(counted.states).toBe(4);
  });

  it("takes no state where likely values decide: however long the patterns are, and however many", () => {
    const { cases, key, diagram, counted, arn: arnIn } = world();
    const b = arnIn("b");
    const long = key("tag:t", `*a${"?".repeat(500)}a`);
    const many = Array.from({ length: 20 }, (_, index) => key("tag:u", `*${index}?x*`));
    const [open, closed] = [diagram.and(b, long), diagram.and(b, diagram.not(long))];
    expect([cases.some(open, "tag:t"), cases.someThere(closed, "tag:t")]).toEqual([b, b]);
    expect(cases.some(diagram.and(b, diagram.or(...many)), "tag:u")).toBe(b);
    expect(cases.someThere(diagram.and(b, ...many.map((each) => diagram.not(each))), "tag:u")).toBe(b);
    expect(counted.states).toBe(0);
  });

  it("takes every state where likely values leave a doubt", () => {
    const { cases, key, diagram, counted, arn: arnIn } = world();
    const both = diagram.and(arnIn("b"), key("tag:t", "a*"), key("tag:t", "*c"));
    expect(cases.someThere(both, "tag:t")).toBe(arnIn("b"));
    expect(counted.states).toBeGreaterThan(0);
    const neither = diagram.and(arnIn("b"), key("tag:t", "a*"), key("tag:t", "c*"));
    expect(cases.someThere(neither, "tag:t")).toBe(FALSE);
  });
});
