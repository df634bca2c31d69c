import { describe, expect, it } from "vitest";
import { billOf, total, type Usage } from "../../bench/cost/bill.ts";
import { crowdedRole, endedEntries, listedDeadlines } from "../../bench/cost/month.ts";
import { looksOfTheSweep } from "../../bench/cost/sweeps.ts";

const write: Usage = { stage: "vend", what: "task, written", unit: "write unit", count: 2 };

describe("the bill of a million tasks", () => {
  it("multiplies what one task used by the list price", () => {
    expect(billOf([write])).toEqual([{ ...write, dollars: 1.25 }]);
  });

  it("adds up what is the same, separates stages, and puts the dearest first", () => {
    const lines = billOf([{ ...write, stage: "end", count: 1 }, write, { ...write, count: 1 }]);
    expect(lines.map(({ stage, count }) => [stage, count])).toEqual([
      ["vend", 3],
      ["end", 1],
    ]);
    expect(total(lines)).toBeCloseTo(2.5);
  });

  it("counts what has ended in a role at a month's rate, as far as a policy is rendered from it", () => {
    const entry = { pk: { S: "x".repeat(86) }, openedAt: { N: "1" }, ttl: { N: "3601" } };
    // 1,000,000 / 2,592,000 s x 1,500 s / 4 roles = 145 entries of 102 bytes.
    expect(crowdedRole(entry).count).toBe(Math.ceil((144.7 * 102) / 4_096) - 1);
    expect(crowdedRole(undefined).count).toBe(0);
  });

  it("counts the lists of living tasks that a sweep reads for deadlines, each minute", () => {
    const entry = { pk: { S: "x".repeat(86) }, openedAt: { N: "1" }, ttl: { N: "3601" } };
    // 1,000,000 / 2,592,000 s x 900 s / 4 roles = 87 entries of 102 bytes; 43,200 minutes of 4 roles.
    expect(listedDeadlines(entry).count).toBeCloseTo((4 * Math.ceil((86.8 * 102) / 4_096) * 43_200) / 1e6);
  });

  it.each([
    [0.01, 15],
    [0.1, 150],
    [1, 200],
    [5, 200],
    [8, 216],
    [12, 324],
  ])("at %d endings a second in a role, %d of them are read for each policy", (perSecond, entries) => {
    expect(endedEntries(perSecond)).toBe(entries);
  });

  it("counts the sweep's looks on the sweep itself: one that ended is read no more", async () => {
    expect(await looksOfTheSweep()).toEqual({ reads: 0, minutesOfASweep: 3 });
  });
});
