import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import { childPath, type TaskPath } from "../../functions/core/task-path.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { endTask } from "../../functions/steps/tasks/end-task.ts";
import { aLease, aTask, aUse, eventOn } from "../fakes/samples/task.ts";
import { FakeTasks } from "../fakes/tasks/tasks.ts";

const clock = { nowMs: () => Date.UTC(2026, 10, 24, 12) };
const DONE = { status: "completed", outcome: { result: "success" } } as const;

/** A root with two children, each with one child and that one with one more; and another tree beside it. */
async function forest() {
  const tasks = new FakeTasks();
  const open = async (path?: TaskPath): Promise<Task> => {
    const { task, event } = aTask(path === undefined ? {} : { path });
    await tasks.open(task, event, aUse(), undefined);
    return task;
  };
  const below = (parent: Task) => open(childPath(parent.path, randomBytes(32)));
  const root = await open();
  const children = [await below(root), await below(root)];
  const grandchildren = await Promise.all(children.map(below));
  await Promise.all(grandchildren.map(below));
  const other = await below(await open());
  const active = (): readonly string[] =>
    [...tasks.tasks.values()].flatMap(({ path, status }) => (status === "active" ? [path] : []));
  return { tasks, root, children, grandchildren, other, active, open };
}

describe("ending a task", () => {
  it("ends every task below it and no other; each event names whose ending it was", async () => {
    const { tasks, root, children, other, active } = await forest();
    const ended = await endTask(root.path, DONE, "demo", { tasks, clock });
    expect(ended.task).toMatchObject({ path: root.path, status: "completed" });
    const below = [...tasks.tasks.keys()].filter((path) => path.startsWith(root.path));
    expect([below.length, ended.ended.toSorted()]).toEqual([7, below.toSorted()]);
    expect(active()).toEqual([other.path.slice(0, 13), other.path]);
    const endings = tasks.events.filter(({ type }) => type === "task.ended");
    expect(endings).toHaveLength(7);
    expect(endings.find(({ of }) => of === root.path)?.facts).toMatchObject({ by: "demo", status: "completed" });
    const others = endings.filter(({ of }) => of !== root.path);
    for (const { facts } of others) expect(facts).toMatchObject({ by: root.path, status: "revoked" });
    expect(tasks.tasks.get(children[0]?.path ?? "")).not.toHaveProperty("outcome");
  });

  it("by the deadline is the others' deadline too", async () => {
    const { tasks, root, children } = await forest();
    await endTask(root.path, { status: "expired" }, "deadline", { tasks, clock });
    for (const { path } of children) expect(tasks.tasks.get(path)?.status).toBe("expired");
  });

  it("of a child leaves its parent and its siblings", async () => {
    const { tasks, root, children, grandchildren, active } = await forest();
    await endTask(children[0]?.path ?? root.path, DONE, "demo", { tasks, clock });
    expect(active()).toContain(root.path);
    expect(active()).toContain(grandchildren[1]?.path);
    expect(active()).not.toContain(grandchildren[0]?.path);
  });

  it("ends what was opened below a child after the list, before that child ended", async () => {
    const { tasks, root, children, active, open, other } = await forest();
    let late = children[0]?.path;
    tasks.before = async (method) => {
      if (method !== "end" || late === undefined || tasks.tasks.get(root.path)?.status === "active") return;
      const path = childPath(late, randomBytes(32));
      late = undefined;
      await open(path);
    };
    await endTask(root.path, DONE, "demo", { tasks, clock });
    expect(active()).toEqual([other.path.slice(0, 13), other.path]);
  });

  it("ends at most ten at a time, however many there are", async () => {
    const { tasks, root, active, open, other } = await forest();
    for (let count = 0; count < 35; count += 1) await open(childPath(root.path, Buffer.alloc(32, count)));
    let [now, most] = [0, 0];
    const { end } = FakeTasks.prototype;
    tasks.end = async (...given) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      return end.apply(tasks, given);
    };
    await endTask(root.path, DONE, "demo", { tasks, clock });
    expect(active()).toEqual([other.path.slice(0, 13), other.path]);
    expect(most).toBe(10);
  });

  it("that could not end one of them ends the others, fails, and a repeat ends that one too", async () => {
    const { tasks, root, children, active, other } = await forest();
    let isDown = true;
    const { end } = FakeTasks.prototype;
    tasks.end = async (task, ...given) => {
      if (isDown && task.path === children[0]?.path) throw new Refusal("store_unavailable");
      return end.call(tasks, task, ...given);
    };
    const broken = endTask(root.path, DONE, "demo", { tasks, clock });
    await expect(broken).rejects.toMatchObject({ code: "store_unavailable" });
    expect(active()).toEqual([children[0]?.path, other.path.slice(0, 13), other.path]);
    isDown = false;
    expect(await endTask(root.path, DONE, "demo", { tasks, clock })).toMatchObject({ task: { status: "completed" } });
    expect(active()).toEqual([other.path.slice(0, 13), other.path]);
  });

  it("that breaks off at any call is finished by a repeat, and every task has ended once", async () => {
    for (let calls = 0; ; calls += 1) {
      const { tasks, root, active, other } = await forest();
      let left = calls;
      tasks.before = () => {
        left -= 1;
        if (left < 0) throw new Refusal("store_unavailable");
      };
      const outcome = await endTask(root.path, DONE, "demo", { tasks, clock }).catch((error: unknown) => error);
      tasks.before = () => undefined;
      await endTask(root.path, { status: "revoked" }, "staff|alice", { tasks, clock });
      expect(active()).toEqual([other.path.slice(0, 13), other.path]);
      const endings = tasks.events.filter(({ type }) => type === "task.ended").map(({ of }) => of);
      expect([endings.length, new Set(endings).size]).toEqual([7, 7]);
      if (!(outcome instanceof Refusal)) break;
    }
  });

  it("gives up where the list never empties", async () => {
    const { tasks, root } = await forest();
    const [stuck] = await tasks.below(root.path);
    tasks.below = async () => (stuck === undefined ? [] : [stuck]);
    const endless = endTask(root.path, DONE, "demo", { tasks, clock });
    await expect(endless).rejects.toMatchObject({ code: "contended" });
  });

  it("of a task that changes all the time ends it as soon as it holds still, or reports that it does not", async () => {
    const { tasks, root } = await forest();
    const restless = (times: number) => {
      let left = times;
      tasks.before = async (method) => {
        if (method !== "end" || left <= 0) return;
        left -= 1;
        const task = tasks.tasks.get(root.path);
        if (task) await tasks.renew(task, aLease(0), eventOn(task));
      };
    };
    restless(100);
    await expect(endTask(root.path, DONE, "demo", { tasks, clock })).rejects.toMatchObject({ code: "contended" });
    restless(3);
    expect(await endTask(root.path, DONE, "demo", { tasks, clock })).toMatchObject({ task: { status: "completed" } });
  });
});
