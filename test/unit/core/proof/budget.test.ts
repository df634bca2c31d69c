import { describe, expect, it } from "vitest";
import { Budget, OverBudget } from "../../../../functions/core/proof/budget.ts";

const LIMITS = { states: 32, nodes: 128, milliseconds: 10 };

/** A budget, and how often its clock was read since it was made. */
function budgetAt(nowMs: () => number) {
  let looks = -1;
  const budget = new Budget(() => {
    looks += 1;
    return nowMs();
  }, LIMITS);
  return { budget, looks: () => looks };
}

describe("the budget of a proof", () => {
  it.each([
    ["state", 32],
    ["node", 128],
  ] as const)("takes as many %ss as it may, and no more", (what, most) => {
    const { budget } = budgetAt(() => 0);
    for (let count = 0; count < most; count += 1) budget[what]();
    expect(() => budget[what]()).toThrow(OverBudget);
  });

  it("ends after its time, and not at it", () => {
    let ms = 5;
    const { budget } = budgetAt(() => ms);
    const sixteen = () => {
      for (let count = 0; count < 16; count += 1) budget.situation();
    };
    ms = 15;
    expect(sixteen).not.toThrow();
    ms = 16;
    expect(sixteen).toThrow(OverBudget);
  });

  it.each([
    ["situation", 16],
    ["objection", 16],
    ["state", 16],
    ["node", 64],
  ] as const)("looks at the clock at the first, and then at every so many %ss", (what, every) => {
    const { budget, looks } = budgetAt(() => 0);
    for (let count = 1; count <= every; count += 1) budget[what]();
    expect(looks()).toBe(1);
    budget[what]();
    expect(looks()).toBe(2);
    for (let count = 1; count < every; count += 1) budget[what]();
    expect(looks()).toBe(2);
  });

  it("ends a search and a diagram by their time", () => {
    let ms = 0;
    const { budget } = budgetAt(() => ms);
    for (let count = 0; count < 16; count += 1) budget.state();
    ms = 11;
    expect(() => budget.state()).toThrow(OverBudget);
  });
});
