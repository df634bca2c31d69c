import { describe, expect, it } from "vitest";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { Sweeping } from "../harness/sweeping.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

describe("a backlog", () => {
  it("of ten thousand tasks in one minute ends in one sweep, sixteen at a time", async () => {
    const sweeping = new Sweeping();
    await sweeping.open(10_000, -30);
    let [running, most] = [0, 0];
    const { tasks } = sweeping;
    const read = tasks.read.bind(tasks);
    const counted = async (path: TaskPath) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return read(path);
    };
    tasks.read = counted;
    expect(await sweeping.sweep()).toMatchObject({ ended: 10_000, failed: 0 });
    expect(most).toBe(16);
    expect(sweeping.endings()).toBe(10_000);
    expect(sweeping.timers()).toEqual([]);
  });

  it("of a day is worked off from where the sweep stopped, the oldest first", async () => {
    const sweeping = new Sweeping();
    await sweeping.sweep();
    const ended: string[] = [];
    const end = sweeping.tasks.end.bind(sweeping.tasks);
    sweeping.tasks.end = (task, ...rest) => {
      ended.push(task.path);
      return end(task, ...rest);
    };
    const paths: TaskPath[] = [];
    for (let hour = 0; hour < 24; hour += 1) {
      sweeping.service.world.pass(3_600);
      paths.push(...(await sweeping.open(2, -1_800)));
    }
    expect(await sweeping.sweep()).toMatchObject({ minutes: 1_442, ended: 48, lagSeconds: 60 });
    expect(ended).toEqual(paths);
  });

  it("that does not fit into one sweep's time goes on with the next, from where that one came to", async () => {
    const sweeping = new Sweeping();
    await sweeping.sweep();
    sweeping.service.world.pass(600);
    for (let minutesAgo = 9; minutesAgo > 4; minutesAgo -= 1) await sweeping.open(50, -60 * minutesAgo);
    // Each ending takes a second.
    const end = sweeping.tasks.end.bind(sweeping.tasks);
    sweeping.tasks.end = (...given) => {
      sweeping.service.world.pass(1);
      return end(...given);
    };
    const first = await sweeping.sweep();
    expect(first.ended).toBeGreaterThanOrEqual(40);
    // Not even the first of the minutes is done, and no list is read beyond it.
    expect(first.ended).toBeLessThan(50);
    expect(first.minutes).toBeLessThan(6);
    expect(first.lagSeconds).toBeGreaterThan(400);
    let ended = first.ended;
    for (let sweeps = 0; sweeps < 8; sweeps += 1) ended += (await sweeping.sweep()).ended;
    expect(ended).toBe(250);
    expect((await sweeping.sweep()).lagSeconds).toBeLessThan(180);
    expect(sweeping.endings()).toBe(250);
  });

  it("a first sweep looks back an hour, as long as an entry is sure to remain", async () => {
    const sweeping = new Sweeping();
    const [path = ""] = await sweeping.open(1, -3_500);
    expect(await sweeping.sweep()).toMatchObject({ minutes: 60, ended: 1 });
    expect(sweeping.statusOf(path)).toBe("expired");
  });

  it("a place in the future, which a wrong clock has written, does not stop the sweep", async () => {
    const sweeping = new Sweeping();
    sweeping.tasks.swept = Math.floor(sweeping.service.world.nowSeconds() / 60) + 100_000;
    await sweeping.open(1, -60);
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, lagSeconds: 60 });
    expect(await sweeping.sweep()).toMatchObject({ minutes: 2 });
  });

  it("a task that enters the list of a minute that has begun is found: the last two minutes are read again", async () => {
    const sweeping = new Sweeping();
    await sweeping.sweep();
    const [path = ""] = await sweeping.open(1, -61);
    expect(await sweeping.sweep()).toMatchObject({ ended: 1 });
    expect(sweeping.statusOf(path)).toBe("expired");
  });
});
