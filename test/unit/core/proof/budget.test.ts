import { describe, expect, it } from "vitest";
import { Budget, OverBudget } from "../../../../functions/core/proof/budget.ts";
import { AT, allow, answerTo, deny, textOf } from "./ask.ts";

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

  it.each([
    ["actions that are one question", textOf(allow("ec2:*", "arn:aws:s3:::acme/x")), 1, 30],
    ["moments at which all is denied", textOf(allow("s3:GetObject", "arn:aws:s3:::acme/x"), deny("*", "*")), 300, 15],
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
    for (let count = 0; count < 16; count += 1) budget.state();
    ms = 11;
    expect(() => budget.state()).toThrow(OverBudget);
  });
});
