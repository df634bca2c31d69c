import { describe, expect, it } from "vitest";
import { isWholeChain } from "../../../functions/core/journal/event.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import { aLease, ENDING, eventOn } from "../../fakes/samples/task.ts";
import type { TestedStore } from "./tested-store.ts";

/** Contract of the record of an agent's tasks once they are over. */
export function recordedContract(store: () => TestedStore): void {
  describe("the record of a task", () => {
    it("has the task, all tasks below it, and the events of each", async () => {
      const task = await store().opened();
      const below = await store().opened({ path: `${task.path}c1x9_` as TaskPath });
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
      expect(await store().tasks.history(task.path)).toEqual(own);
      expect(await store().tasks.history(task.path, 3)).toEqual(own.slice(-3));
      expect(await store().tasks.history("nosuchtask00." as TaskPath)).toEqual([]);
    });

    it("has the nearest tasks of a large tree: the task, those above it, and those below it before others", async () => {
      const root = await store().opened();
      const pathsOf = async (path: string, most: number) => {
        const { tasks, more } = await store().tasks.near(path as TaskPath, most);
        return { below: tasks.map((task) => task.path.slice(root.path.length)), more };
      };
      for (const below of ["aaaa_", "bbbb_", "mmmm_", "mmmm_kkkk_", "zzzz_"])
        await store().opened({ path: `${root.path}${below}` as TaskPath });
      const all = ["", "aaaa_", "bbbb_", "mmmm_", "mmmm_kkkk_", "zzzz_"];
      expect(await pathsOf(root.path, 6)).toEqual({ below: all, more: false });
      expect(await pathsOf(`${root.path}zzzz_`, 100)).toEqual({ below: all, more: false });
      expect(await pathsOf(root.path, 3)).toEqual({ below: all.slice(0, 3), more: true });
      expect(await pathsOf(`${root.path}mmmm_`, 4)).toEqual({
        below: ["", "aaaa_", "mmmm_", "mmmm_kkkk_"],
        more: true,
      });
      expect(await pathsOf("nosuchtask00.", 3)).toEqual({ below: [], more: false });
    });

    it("is empty for an unknown task", async () => {
      expect(await store().tasks.record("nosuchtask00." as TaskPath)).toEqual({ tasks: [], events: [] });
    });
  });
}
