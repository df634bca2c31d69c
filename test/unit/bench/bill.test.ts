import { describe, expect, it } from "vitest";
import { billOf, total, type Usage } from "../../../bench/cost/bill.ts";
import { crowdedRole } from "../../../bench/cost/month.ts";
import { looksOfTheSweep } from "../../../bench/cost/sweeps.ts";

const write: Usage = { stage: "vend", what: "task, written", unit: "write unit", count: 2 };

describe("the bill of a million tasks", () => {
  it("multiplies what one task used by the list price", () => {
    expect(billOf([write])).toEqual([{ ...write, dollars: 1.25 }]);
  });

  it("adds up what is the same, keeps stages apart, and puts the dearest first", () => {
    const lines = billOf([{ ...write, stage: "end", count: 1 }, write, { ...write, count: 1 }]);
    expect(lines.map(({ stage, count }) => [stage, count])).toEqual([
      ["vend", 3],
      ["end", 1],
    ]);
    expect(total(lines)).toBeCloseTo(2.5);
  });

  it("counts what the role's partition holds at a month's rate, and more while removal by TTL is late", () => {
    const entry = { pk: { S: "x".repeat(86) }, openedAt: { N: "1" }, ttl: { N: "3601" } };
    // 1,000,000 / 2,592,000 s x 3,600 s / 4 roles = 347 entries of 102 bytes.
    expect(crowdedRole(entry, 0).count).toBe(Math.ceil((347.2 * 102) / 4_096) - 1);
    expect(crowdedRole(entry, 86_400).count).toBeGreaterThan(20 * crowdedRole(entry, 0).count);
    expect(crowdedRole(undefined, 0).count).toBe(0);
  });

  it("counts the sweep's looks on the sweep itself: each task is listed, read and removed once", async () => {
    expect(await looksOfTheSweep()).toEqual({ reads: 1, listings: 1, removals: 1, minutesOfASweep: 3 });
  });
});
