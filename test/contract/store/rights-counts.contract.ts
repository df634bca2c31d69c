import { describe, expect, it } from "vitest";
import { rightsCounted } from "../../../functions/core/ledger/rights-count.ts";
import type { TestedStore } from "./tested-store.ts";

const HOUR = Date.UTC(2026, 10, 24, 12) / 1_000;
const COUNT = { tasks: 3, granted: 7, unused: 2, notSeen: 1 };

/** Contract of the journal of what each hour's ended tasks left unused. */
export function rightsCountsContract(store: () => TestedStore): void {
  describe("counts of unused rights", () => {
    it("are taken once for an hour: a second one is refused, whatever it counts", async () => {
      const { rightsCounts } = store();
      const at = (HOUR + 7_200) * 1_000;
      expect(await rightsCounts.isCounted(HOUR)).toBe(false);
      await rightsCounts.append(rightsCounted(HOUR, COUNT, at));
      expect(await rightsCounts.isCounted(HOUR)).toBe(true);
      expect(await rightsCounts.isCounted(HOUR + 3_600)).toBe(false);
      await expect(rightsCounts.append(rightsCounted(HOUR, { ...COUNT, unused: 0 }, at))).rejects.toThrow(
        expect.objectContaining({ code: "contended" }),
      );
    });
  });
}
