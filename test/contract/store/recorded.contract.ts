import { describe, expect, it } from "vitest";
import { aLease, ENDING, eventOn } from "../../../fakes/sample-task.ts";
import { isWholeChain } from "../../../functions/core/journal/event.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import type { TestedStore } from "./tested-store.ts";

/** What can be told of an agent's tasks once they are over. */
export function recordedContract(store: () => TestedStore): void {
  describe("what is recorded of a task", () => {
    it("is the task, all tasks below it, and the events of each", async () => {
      const task = await store().opened();
      const below = await store().opened({ path: `${task.path}c1x9.` as TaskPath });
      const renewal = eventOn(below);
      await store().tasks.renew(below, aLease(0, { event: 2 }), renewal);
      const child = await store().reread(below);
      const other = await store().opened();
      for (let each = 0; each < 11; each += 1) {
        const current = await store().reread(task);
        await store().tasks.renew(current, aLease(0, { event: 2 + each }), eventOn(current));
      }
      const current = await store().reread(task);
      await store().tasks.end(current, ENDING, eventOn(current, "task.ended"));
      const { tasks, events } = await store().tasks.record(task.path);
      expect(tasks).toEqual([await store().reread(task), child]);
      const first = events.find(({ of }) => of === task.path);
      expect(first).toMatchObject({ n: 1 });
      expect(await store().tasks.opening(task.path)).toEqual(first);
      expect(await store().tasks.opening("nosuchtask00." as TaskPath)).toBeUndefined();
      expect(events.filter(({ of }) => of === child.path)).toEqual([expect.objectContaining({ n: 1 }), renewal]);
      const own = events.filter(({ of }) => of === task.path);
      expect([own.length, isWholeChain(own)]).toEqual([13, true]);
      expect(events.some(({ of }) => of === other.path)).toBe(false);
    });

    it("is nothing where there is no such task", async () => {
      expect(await store().tasks.record("nosuchtask00." as TaskPath)).toEqual({ tasks: [], events: [] });
    });
  });
}
