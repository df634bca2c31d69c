import { describe, expect, it } from "vitest";
import {
  budgetsOfAll,
  budgetText,
  callsOfAll,
  parseBudgets,
  parseCalls,
} from "../../../../functions/core/budgets/budget.ts";

const DEPLOYS = { name: "deploys", count: 3, window: 86_400, scope: "agent" };

describe("text of @budget", () => {
  it("gives a name, grants in a window, and a scope", () => {
    expect(parseBudgets("deploys 3/24h agent")).toEqual([DEPLOYS]);
    expect(parseBudgets("all 100/31d hub, all 1/1m agent, deploys 3/24h agent")).toEqual([
      { name: "all", count: 1, window: 60, scope: "agent" },
      { name: "all", count: 100, window: 31 * 86_400, scope: "hub" },
      DEPLOYS,
    ]);
  });

  it.each([
    "",
    "deploys",
    "deploys 3/24h",
    "deploys 0/24h agent",
    "deploys 03/24h agent",
    "deploys 101/24h agent",
    "deploys 3/0h agent",
    "deploys 3/30s agent",
    "deploys 3/32d agent",
    "deploys 3/745h agent",
    "deploys 3/24h account",
    "deploys 3/24h agent ",
    " deploys 3/24h agent",
    "deploys  3/24h agent",
    "Deploys 3/24h agent",
    "de#ploys 3/24h agent",
    "deploys 3/24h agent,all 3/24h hub",
    "deploys 3/24h agent, ",
    "deploys -1/24h agent",
    "deploys 1e1/24h agent",
  ])("refuses %j with the form", (text) => {
    expect(parseBudgets(text)).toMatch(/^@budget takes a name/);
  });

  it("refuses a fourth budget, and one that is named twice for a scope", () => {
    expect(parseBudgets("a 1/1h agent, b 1/1h agent, c 1/1h agent, d 1/1h agent")).toBe(
      "@budget takes at most 3 budgets",
    );
    expect(parseBudgets("a 1/1h agent, a 2/1h agent")).toBe("@budget names a twice for one scope");
  });

  it("refuses calls with the annotation that counts them", () => {
    expect(parseBudgets("deploys 3/24h agent calls")).toMatch(/write @calls\("reads 500\/1h agent"\)/);
  });

  it("is written as it was read, in the largest unit", () => {
    const [budget] = parseBudgets("deploys 3/24h agent");
    expect(typeof budget === "object" && budgetText(budget)).toBe("deploys 3/1d agent");
    const [short] = parseBudgets("deploys 3/90m agent");
    expect(typeof short === "object" && budgetText(short)).toBe("deploys 3/90m agent");
  });
});

describe("text of @calls", () => {
  it("gives a name, signatures in a window, and a scope", () => {
    expect(parseCalls("reads 100000/1h agent")).toEqual([
      { name: "reads", count: 100_000, window: 3_600, scope: "agent" },
    ]);
  });

  it.each(["", "reads 100001/1h agent", "reads 0/1h agent", "reads 5/1h", "reads 5/30s agent"])(
    "refuses %j with the form",
    (text) => {
      expect(parseCalls(text)).toMatch(/^@calls takes a name, signatures in a window/);
    },
  );
});

describe("budgets of signatures of several permits", () => {
  it("are each there once, with the fewest signatures, and apart for each window", () => {
    const of = (text: string) => parseCalls(text) as ReturnType<typeof callsOfAll>;
    expect(callsOfAll([of("a 5/1h agent, b 1/1d hub"), of("a 3/1h agent"), of("a 9/1d agent")])).toEqual([
      { name: "a", count: 3, window: 3_600, scope: "agent" },
      { name: "a", count: 9, window: 86_400, scope: "agent" },
      { name: "b", count: 1, window: 86_400, scope: "hub" },
    ]);
  });
});

describe("budgets of several permits", () => {
  it("are each kept, and one that is shared has the fewest grants and the longest window", () => {
    const wider = { ...DEPLOYS, count: 5, window: 3_600, scope: "agent" as const };
    const team = { ...DEPLOYS, scope: "team" as const };
    expect(budgetsOfAll([[wider], [team], [{ ...DEPLOYS, scope: "agent" as const }]])).toEqual([DEPLOYS, team]);
    expect(budgetsOfAll([[], []])).toEqual([]);
  });
});
