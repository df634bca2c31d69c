import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUDGET_LIMITS } from "../../contract/limits.ts";
import {
  BUDGET_CLOCK_SECONDS,
  freeAt,
  giveBack,
  NOTHING_SPENT,
  newestIn,
  type Spent,
  secondOf,
  spend,
  spentIn,
} from "../../functions/core/budgets/spent.ts";

const BEGAN_MS = 1_764_000_000_000;
/** Difference between the fastest clock of a process and the slowest; milliseconds. */
const APART_MS = 5_000;

const budget = fc.record({
  count: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: BUDGET_LIMITS.count })),
  window: fc.oneof(fc.integer({ min: 60, max: 7_200 }), fc.integer({ min: 60, max: BUDGET_LIMITS.window })),
});

/** Step of the world: so much time passes, then a process with a clock of its own asks, or gives a grant back. */
const steps = fc.array(
  fc.record({
    passMs: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 4_000_000 })),
    // Moves to the edge of the window of an earlier grant, so many milliseconds before or behind it.
    edge: fc.option(fc.record({ of: fc.nat({ max: 3 }), byMs: fc.integer({ min: -6_000, max: 1_000 }) })),
    skewMs: fc.integer({ min: 0, max: APART_MS }),
    back: fc.option(fc.nat()),
  }),
  { minLength: 1, maxLength: 150, size: "max" },
);

describe("the packed window of a budget", () => {
  it("gives no more grants than the count in any window of true time, whatever the clocks, and forgets none", () => {
    fc.assert(
      fc.property(budget, steps, (each, all) => {
        let [trueMs, spent]: [number, Spent] = [BEGAN_MS, NOTHING_SPENT];
        // The oracle is a plain list of true times that never forgets.
        const given: { trueMs: number; at: number }[] = [];
        for (const { passMs, edge, skewMs, back } of all) {
          const near = edge && given.at(-1 - edge.of);
          trueMs = near ? Math.max(trueMs, near.trueMs + each.window * 1_000 + edge.byMs) : trueMs + passMs;
          if (back !== null && given.length > 0) {
            const [returned] = given.splice(back % given.length, 1);
            if (returned) spent = giveBack(spent, returned.at);
            continue;
          }
          const inside = given.filter((one) => trueMs - one.trueMs < each.window * 1_000);
          const free = freeAt(spent, each, (trueMs + skewMs) / 1_000);
          if (free === undefined) {
            expect(inside.length).toBeLessThan(each.count);
            const at = secondOf(trueMs + skewMs);
            spent = spend(spent, at);
            given.push({ trueMs, at });
          } else {
            // A refusal is never more than the margins too strict.
            const margins = (each.window + 2 * BUDGET_CLOCK_SECONDS + 1) * 1_000;
            expect(given.filter((one) => trueMs - one.trueMs < margins).length).toBeGreaterThanOrEqual(each.count);
            expect(free).toBeGreaterThan((trueMs + skewMs) / 1_000);
            expect(freeAt(spent, each, free)).toBeUndefined();
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("set back to an older value, gives no more grants than the count and those that are forgotten", () => {
    fc.assert(
      fc.property(budget, steps, fc.nat(), fc.nat(), (each, all, taken, put) => {
        const [from, to] = [taken % all.length, put % all.length].toSorted((a, b) => a - b) as [number, number];
        let [trueMs, spent, older]: [number, Spent, Spent] = [BEGAN_MS, NOTHING_SPENT, NOTHING_SPENT];
        const given: { trueMs: number; step: number }[] = [];
        for (const [step, { passMs }] of all.entries()) {
          trueMs += passMs;
          if (step === from) older = spent;
          if (step === to) spent = older;
          if (freeAt(spent, each, trueMs / 1_000) !== undefined) continue;
          const inside = given.filter((one) => trueMs - one.trueMs < each.window * 1_000);
          const forgotten = inside.filter((one) => step >= to && one.step >= from && one.step < to);
          expect(inside.length - forgotten.length).toBeLessThan(each.count);
          spent = spend(spent, secondOf(trueMs));
          given.push({ trueMs, step });
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is no longer than the largest count, sorted, and counts as a list of times does", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5_000_000 }), { maxLength: 250, size: "max" }),
        budget,
        (offsets, each) => {
          const times = offsets.map((offset) => BEGAN_MS / 1_000 + offset);
          const spent = times.reduce<Spent>(spend, NOTHING_SPENT);
          expect(spent.byteLength).toBeLessThanOrEqual(4 * BUDGET_LIMITS.count);
          const now = times.at(-1) ?? 0;
          const inside = times.filter((at) => at + each.window + BUDGET_CLOCK_SECONDS > now).length;
          expect(Math.min(spentIn(spent, each, now), each.count)).toBe(Math.min(inside, each.count));
          expect(newestIn(spent)).toBe(times.length === 0 ? undefined : Math.max(...times));
        },
      ),
    );
  });

  it("gives back one grant of that second, and none where the second was never counted", () => {
    const twice = [5, 5, 9].reduce<Spent>(spend, NOTHING_SPENT);
    expect(spentIn(giveBack(twice, 5), { window: 60 }, 10)).toBe(2);
    expect(giveBack(twice, 6)).toEqual(twice);
    expect(giveBack(NOTHING_SPENT, 5)).toEqual(NOTHING_SPENT);
  });

  it("refuses bytes that are no times, instead of counting fewer", () => {
    const broken = new Uint8Array(5);
    for (const read of [
      () => freeAt(broken, { count: 3, window: 60 }, 0),
      () => spend(broken, 1),
      () => giveBack(broken, 1),
    ])
      expect(read).toThrow(expect.objectContaining({ code: "store_unavailable" }));
  });
});
