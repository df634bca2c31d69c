import { describe, expect, it } from "vitest";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import { dueMinute } from "../../../functions/core/tasks/task.ts";
import type { Timer } from "../../../functions/core/tasks/timers.ts";
import { NOW } from "../../fakes/samples/task.ts";
import type { TestedStore } from "./tested-store.ts";

/** Contract of the due list, and of the sweep's progress in it. */
export function timersContract(store: () => TestedStore): void {
  /** A minute of its own for each case. */
  const aMinute = () => dueMinute(NOW + 7_200) + Math.floor(Math.random() * 1e6) * 10;
  const openedDueIn = (minute: number) => store().opened({ leases: [], openedAt: minute * 60, expiresAt: minute * 60 });
  const pathsDue = async (minute: number): Promise<readonly TaskPath[]> =>
    (await store().timers.due(minute)).map(({ path }) => path);

  describe("a due task", () => {
    it("is listed in the minute of its deadline, whatever its root, and in no other", async () => {
      const minute = aMinute();
      const tasks = await Promise.all(Array.from({ length: 12 }, () => openedDueIn(minute)));
      expect([...(await pathsDue(minute))].sort()).toEqual(tasks.map(({ path }) => path).sort());
      expect(await pathsDue(minute - 1)).toEqual([]);
      expect(await pathsDue(minute + 1)).toEqual([]);
    });

    it("is removed from the list, even twice", async () => {
      const minute = aMinute();
      const [one, other] = [await openedDueIn(minute), await openedDueIn(minute)];
      const timer: Timer = { path: one.path, minute, tries: 0 };
      await store().timers.remove(timer);
      await store().timers.remove(timer);
      expect(await pathsDue(minute)).toEqual([other.path]);
    });

    it("moves to another minute with the number of its tries, and moving it twice has the effect of once", async () => {
      const minute = aMinute();
      const { path } = await openedDueIn(minute);
      const timer: Timer = { path, minute, tries: 0 };
      await store().timers.move(timer, { minute: minute + 2, tries: 1 });
      await store().timers.move(timer, { minute: minute + 2, tries: 1 });
      expect(await pathsDue(minute)).toEqual([]);
      expect(await store().timers.due(minute + 2)).toEqual([{ path, minute: minute + 2, tries: 1 }]);
    });
  });

  describe("the sweep's progress in the due list", () => {
    it("only advances, unless the recorded progress is known to be wrong", async () => {
      const { timers } = store();
      expect(await timers.sweptTo()).toBeUndefined();
      await timers.setSweptTo(900);
      await timers.setSweptTo(899);
      expect(await timers.sweptTo()).toBe(900);
      await timers.setSweptTo(1_000);
      await timers.setSweptTo(950, 900);
      expect(await timers.sweptTo()).toBe(1_000);
      await timers.setSweptTo(950, 1_000);
      expect(await timers.sweptTo()).toBe(950);
    });

    it("is in no list of tasks", async () => {
      await store().timers.setSweptTo(2_000);
      expect(await pathsDue(2_000)).toEqual([]);
    });
  });
}
