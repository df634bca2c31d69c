import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Hold, LabelPlace } from "../../../functions/core/holds/holds.ts";
import { aLease, aTask, aUse, eventOn, NOW } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

const aPlace = (): LabelPlace => ({
  ...{ label: "payroll", scope: "agent" },
  holder: `agent-${randomBytes(4).toString("hex")}`,
});

/** Contract of holds: a label is held by the transaction that records keys, until the latest fence of any. */
export function holdsContract(store: () => TestedStore): void {
  const open = async (place: LabelPlace, fenceAt: number): Promise<Hold> => {
    const { task, event } = aTask();
    const hold = { ...place, fenceAt, task: task.path };
    await store().tasks.open(task, event, aUse(), undefined, undefined, { holds: [hold] });
    return hold;
  };

  describe("a label", () => {
    it("is not held before any key, and is held until the latest fence, whichever was written last", async () => {
      const place = aPlace();
      expect(await store().holds.latest(place)).toBeUndefined();
      for (const fenceAt of [NOW + 900, NOW + 60, NOW + 300]) await open(place, fenceAt);
      expect(await store().holds.latest(place)).toBe(NOW + 900);
      for (const other of [{ label: "egress" }, { holder: "somebody" }, { scope: "person" }] as const)
        expect(await store().holds.latest({ ...place, ...other })).toBeUndefined();
    });

    it("is held by what others hold after one hold is released", async () => {
      const place = aPlace();
      await open(place, NOW + 300);
      const released = await open(place, NOW + 900);
      await store().holds.release([released]);
      expect(await store().holds.latest(place)).toBe(NOW + 300);
    });

    it("is held by a renewed key, with the renewal or not at all", async () => {
      const place = aPlace();
      const task = await store().opened();
      const hold = { ...place, fenceAt: NOW + 1_800, task: task.path };
      const renewed = aLease(0, { event: 2, fenceAt: NOW + 1_800 });
      await store().tasks.renew(task, renewed, eventOn(task), [hold]);
      expect(await store().holds.latest(place)).toBe(NOW + 1_800);
      const stale = store().tasks.renew(task, renewed, eventOn(task), [{ ...hold, fenceAt: NOW + 2_700 }]);
      await expect(stale).rejects.toEqual(refused("contended"));
      expect(await store().holds.latest(place)).toBe(NOW + 1_800);
    });

    it("is not held where the task is not opened", async () => {
      const [place, first] = [aPlace(), aTask()];
      const use = aUse();
      await store().tasks.open(first.task, first.event, use, undefined);
      const { task, event } = aTask();
      const replayed = store().tasks.open(task, event, use, undefined, undefined, {
        holds: [{ ...place, fenceAt: NOW + 900, task: task.path }],
      });
      await expect(replayed).rejects.toEqual(refused("token_replayed"));
      expect(await store().holds.latest(place)).toBeUndefined();
    });
  });
}
