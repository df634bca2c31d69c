import { describe, expect, it } from "vitest";
import { Budget, OverBudget } from "../../../../functions/core/proof/budget.ts";
import { AT, allow, answerTo, deny, textOf } from "./ask.ts";

const LIMITS = { work: 4_096, milliseconds: 10 };
type Kind = "state" | "node" | "situation" | "objection";

/** A budget, and how often its clock was read since it was made. */
function budgetAt(nowMs: () => number) {
  let looks = -1;
  const budget = new Budget(() => {
    looks += 1;
    return nowMs();
  }, LIMITS);
  return { budget, looks: () => looks };
}

const KINDS: readonly (readonly [Kind, number])[] = [
  ["state", 4],
  ["situation", 4],
  ["objection", 4],
  ["node", 1],
];

describe("the budget of a proof", () => {
  it.each(KINDS)("takes its units in a %s, of %i each, and no more", (kind, units) => {
    const { budget } = budgetAt(() => 0);
    for (let spent = 0; spent < LIMITS.work; spent += units) budget[kind]();
    expect(() => budget[kind]()).toThrow(OverBudget);
  });

  it("takes eight characters for a unit", () => {
    const { budget } = budgetAt(() => 0);
    for (let spent = 0; spent < LIMITS.work; spent += 1) budget.characters(8);
    expect(() => budget.characters(1)).toThrow(OverBudget);
  });

  it("takes further work where it is allowed some, and looks at the clock as before", () => {
    const { budget, looks } = budgetAt(() => 0);
    budget.allow({ policies: 1, texts: ["x".repeat(5), "y".repeat(3)] });
    for (let spent = 0; spent < LIMITS.work + 100; spent += 1) budget.node();
    expect(looks()).toBe(1 + Math.floor((LIMITS.work + 100 - 1) / 1_025));
    expect(() => budget.node()).toThrow(OverBudget);
  });

  it("takes the work of a text once, and that of the policies again for each question", () => {
    const { budget } = budgetAt(() => 0);
    const question = { policies: 1, texts: ["x".repeat(8), "x".repeat(8)] };
    budget.allow(question);
    budget.allow(question);
    for (let spent = 0; spent < LIMITS.work + 160; spent += 1) budget.node();
    expect(() => budget.node()).toThrow(OverBudget);
  });

  it("ends after its time, and not at it", () => {
    let ms = 5;
    const { budget } = budgetAt(() => ms);
    const some = () => {
      for (let count = 0; count < 257; count += 1) budget.situation();
    };
    ms = 15;
    expect(some).not.toThrow();
    ms = 16;
    expect(some).toThrow(OverBudget);
  });

  it.each(KINDS)(
    "looks at the clock at the first %s, and then after more than 1,024 units, of %i each",
    (kind, units) => {
      const { budget, looks } = budgetAt(() => 0);
      const most = Math.floor(1_024 / units) + 1;
      budget[kind]();
      expect(looks()).toBe(1);
      for (let count = 1; count < most; count += 1) budget[kind]();
      expect(looks()).toBe(1);
      budget[kind]();
      expect(looks()).toBe(2);
    },
  );

  it.each([
    ["actions that are one question", textOf(allow("ec2:*", "arn:aws:s3:::acme/x")), 1, 2],
    ["moments at which all is denied", textOf(allow("s3:GetObject", "arn:aws:s3:::acme/x"), deny("*", "*")), 300, 1],
  ])("is looked at again and again over %s", (_what, text, hours, most) => {
    const looks = { count: 0 };
    const nowMs = () => {
      looks.count += 1;
      return 0;
    };
    answerTo(text, ['@outlives("x") permit (principal, action, resource);'], {
      fenceAt: AT + hours * 3_600,
      nowMs,
      asker: { ttlSeconds: hours * 3_600 },
    });
    expect(looks.count).toBeGreaterThan(most);
  });

  it("ends a search and a diagram by their time", () => {
    let ms = 0;
    const { budget } = budgetAt(() => ms);
    budget.state();
    ms = 11;
    expect(() => {
      for (let count = 0; count < 257; count += 1) budget.state();
    }).toThrow(OverBudget);
  });
});
