import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { HeldBudget } from "../../../functions/core/budgets/budget.ts";
import { calledIn, overIn, partOf } from "../../../functions/core/budgets/calls.ts";
import { NOW } from "../../fakes/samples/task.ts";
import type { TestedStore } from "./tested-store.ts";

const aBudget = (): HeldBudget => ({
  ...{ name: "reads", count: 3, window: 3_600, scope: "agent" },
  holder: `agent-${randomBytes(4).toString("hex")}`,
});

/** Contract of counts of signatures: each count is one step of its own, whose answer has the sum. */
export function callCountsContract(store: () => TestedStore): void {
  describe("a count of signatures", () => {
    it("is empty before the first one, and has each signature of many at once, none twice", async () => {
      const [held, other] = [aBudget(), aBudget()];
      const { callCounts } = store();
      expect([...(await callCounts.read(held))]).toEqual([]);
      const part = partOf(held, NOW);
      const sums = await Promise.all(
        Array.from({ length: 12 }, async () => calledIn(await callCounts.count(held, part, []), held, NOW)),
      );
      expect(sums.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
      expect([...(await callCounts.read(held))]).toEqual([[part, 12]]);
      expect([...(await callCounts.read(other))]).toEqual([]);
    });

    it("is apart for each window of one name", async () => {
      const held = aBudget();
      const { callCounts } = store();
      await callCounts.count(held, partOf(held, NOW), []);
      expect([...(await callCounts.read({ ...held, window: 60 }))]).toEqual([]);
    });

    it("is listed for the holders of one budget, in order and page by page", async () => {
      const held = aBudget();
      const budget = { ...held, name: `reads-${held.holder}` };
      const { callCounts } = store();
      for (const holder of ["c", "a", "b"]) await callCounts.count({ ...budget, holder }, partOf(held, NOW), []);
      await callCounts.count({ ...budget, window: 60, holder: "d" }, partOf(held, NOW), []);
      const part = new Map([[partOf(held, NOW), 1]]);
      expect(await callCounts.list(budget, undefined, 2)).toEqual([
        { holder: "a", called: part },
        { holder: "b", called: part },
      ]);
      expect(await callCounts.list(budget, "b", 2)).toEqual([{ holder: "c", called: part }]);
    });

    it("drops the parts that count no more", async () => {
      const held = aBudget();
      const { callCounts } = store();
      const before = partOf(held, NOW);
      // The moment from which the first part counts no more, with the margin of the clocks.
      const later = (before + 1) * 60 + 3_600 + 10;
      const now = partOf(held, later);
      await callCounts.count(held, before, []);
      const called = await callCounts.count(held, before + 1, []);
      const over = overIn(called, held, later);
      expect(over).toEqual([before]);
      expect([...(await callCounts.count(held, now, over))].toSorted()).toEqual([
        [before + 1, 1],
        [now, 1],
      ]);
    });
  });
}
