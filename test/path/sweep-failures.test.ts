import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { MOST_TRIES } from "../../functions/sweep/end-due.ts";
import { type SweepPorts, sweep } from "../../functions/sweep/sweep.ts";
import { Sweeping } from "../harness/sweeping.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

describe("a task that cannot be ended", () => {
  /** The task's ending fails from now on, and so does whatever else is named. */
  const poison = (sweeping: Sweeping, path: TaskPath, error: () => Error, methods: readonly ("end" | "move")[]) => {
    const { tasks } = sweeping;
    const [end, move] = [tasks.end.bind(tasks), tasks.move.bind(tasks)];
    tasks.end = async (task, ...rest) => {
      if (task.path === path && methods.includes("end")) throw error();
      return end(task, ...rest);
    };
    tasks.move = async (timer, to) => {
      if (timer.path === path && methods.includes("move")) throw error();
      return move(timer, to);
    };
  };
  const outage = () => new Refusal("store_unavailable");

  it("does not block the others, is loud, and is tried again a minute later", async () => {
    const sweeping = new Sweeping();
    const [stuck = "" as TaskPath, ...others] = await sweeping.open(40, -60);
    const end = sweeping.tasks.end;
    poison(sweeping, stuck, outage, ["end"]);
    expect(await sweeping.sweep()).toMatchObject({ ended: 39, failed: 1, lagSeconds: 60 });
    expect(others.map((path) => sweeping.statusOf(path))).toEqual(others.map(() => "expired"));
    expect(sweeping.lines("sweep_failed")).toEqual([
      { level: "error", event: "sweep_failed", task: stuck, why: "store_unavailable" },
    ]);
    expect(sweeping.lines("swept")).toMatchObject([{ level: "error", failed: 1 }]);
    expect(sweeping.timers()).toMatchObject([{ path: stuck, tries: 1 }]);
    sweeping.tasks.end = end;
    sweeping.service.world.pass(60);
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, failed: 0 });
    expect(sweeping.timers()).toEqual([]);
  });

  it("is tried six times within half an hour and then left to its TTL, which alarms; the sweep goes on", async () => {
    const sweeping = new Sweeping();
    const [stuck = "" as TaskPath] = await sweeping.open(1, -60);
    poison(sweeping, stuck, () => new TypeError("a bug"), ["end"]);
    let failed = 0;
    for (let minute = 0; minute < 36; minute += 1) {
      failed += (await sweeping.sweep()).failed;
      sweeping.service.world.pass(60);
    }
    // The last minutes are read again as always, so the last try happens more than once.
    expect(failed).toBeGreaterThanOrEqual(MOST_TRIES);
    expect(sweeping.lines("overdue")[0]).toEqual({ level: "error", event: "overdue", task: stuck });
    const lines = sweeping.lines("sweep_failed").length;
    sweeping.service.world.pass(300);
    expect(await sweeping.sweep()).toMatchObject({ failed: 0, lagSeconds: 60 });
    expect(sweeping.lines("sweep_failed")).toHaveLength(lines);
    expect(sweeping.timers()).toMatchObject([{ path: stuck, tries: MOST_TRIES - 1 }]);
    expect(sweeping.statusOf(stuck)).toBe("active");
  });

  it("a task that can neither be ended nor put off, for an outage, holds its minute until that is over; later minutes go on", async () => {
    const sweeping = new Sweeping();
    await sweeping.sweep();
    sweeping.service.world.pass(1_200);
    const [stuck = "" as TaskPath] = await sweeping.open(1, -900);
    await sweeping.open(1, -600);
    const { end, move } = sweeping.tasks;
    poison(sweeping, stuck, outage, ["end", "move"]);
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, failed: 1 });
    expect((await sweeping.sweep()).lagSeconds).toBeGreaterThanOrEqual(840);
    Object.assign(sweeping.tasks, { end, move });
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, failed: 0, lagSeconds: 60 });
  });

  it("a task that can neither be ended nor put off, for a bug, is left to its TTL at once", async () => {
    const sweeping = new Sweeping();
    const [stuck = "" as TaskPath] = await sweeping.open(1, -180);
    poison(sweeping, stuck, () => new TypeError("a bug"), ["end", "move"]);
    expect(await sweeping.sweep()).toMatchObject({ failed: 1, lagSeconds: 60 });
    expect(sweeping.lines("overdue")).toHaveLength(1);
  });
});

describe("a list that cannot be read", () => {
  it("is left for the next sweep, is loud, and does not block the others", async () => {
    const sweeping = new Sweeping();
    await sweeping.sweep();
    sweeping.service.world.pass(600);
    const [kept = "", ended = ""] = [...(await sweeping.open(1, -420)), ...(await sweeping.open(1, -300))];
    const due = sweeping.tasks.due.bind(sweeping.tasks);
    const unreadable = Math.ceil((sweeping.service.world.nowSeconds() - 420) / 60);
    sweeping.tasks.due = async (minute) => {
      if (minute === unreadable) throw new Refusal("store_unavailable");
      return due(minute);
    };
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, failed: 1, lagSeconds: 420 });
    expect([sweeping.statusOf(kept), sweeping.statusOf(ended)]).toEqual(["active", "expired"]);
    expect(sweeping.lines("sweep_failed")).toMatchObject([{ minute: unreadable, why: "store_unavailable" }]);
    sweeping.tasks.due = due;
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, failed: 0, lagSeconds: 60 });
  });
});

describe("a sweep that dies, or is not alone", () => {
  it("after any of its calls leaves nothing undone and nothing done twice", async () => {
    // Three tasks over three minutes: one that is due, one that ended by itself, and one that cannot be ended the first
    // time.
    for (let diesAfter = 0; ; diesAfter += 1) {
      const sweeping = new Sweeping();
      await sweeping.sweep();
      sweeping.service.world.pass(600);
      const [first = "" as TaskPath] = await sweeping.open(1, -480);
      await sweeping.open(2, -420);
      await sweeping.open(1, -300);
      const end = sweeping.tasks.end.bind(sweeping.tasks);
      let isFirst = true;
      sweeping.tasks.end = async (task, ...rest) => {
        if (task.path === first && isFirst) {
          isFirst = false;
          throw new Refusal("store_unavailable");
        }
        return end(task, ...rest);
      };
      const isDead = await dyingAfter(diesAfter, sweeping);
      for (let minute = 0; minute < 4; minute += 1) {
        await sweeping.sweep();
        sweeping.service.world.pass(60);
      }
      expect(sweeping.endings(), `dies after ${diesAfter}`).toBe(4);
      expect(sweeping.timers(), `dies after ${diesAfter}`).toEqual([]);
      expect((await sweeping.sweep()).lagSeconds).toBe(60);
      if (!isDead) {
        expect(diesAfter).toBeGreaterThan(20);
        break;
      }
    }
  });

  it("two at once end each task once", async () => {
    const sweeping = new Sweeping();
    await sweeping.open(300, -180);
    await sweeping.open(300, -60);
    const yielding = async () => {
      for (let turns = Math.floor(Math.random() * 4); turns > 0; turns -= 1)
        await new Promise((resolve) => setImmediate(resolve));
    };
    const both = [sweep(sweeping.ports), sweep(sweeping.ports)];
    sweeping.tasks.before = yielding;
    const [one, other] = await Promise.all(both);
    expect((one?.failed ?? 1) + (other?.failed ?? 1)).toBe(0);
    expect(sweeping.endings()).toBe(600);
    expect(sweeping.timers()).toEqual([]);
    expect(await sweeping.sweep()).toMatchObject({ ended: 0, lagSeconds: 60 });
  });

  it("one that wakes up late does not take the other back", async () => {
    const sweeping = new Sweeping();
    await sweeping.sweep();
    const before = sweeping.tasks.swept ?? 0;
    let wake: () => void = () => undefined;
    sweeping.service.world.pass(300);
    const late = sweep(sweeping.ports);
    let isHeld = false;
    sweeping.tasks.before = async (method) => {
      if (method !== "setSweptTo" || isHeld) return;
      isHeld = true;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    };
    await new Promise((resolve) => setImmediate(resolve));
    sweeping.service.world.pass(600);
    await sweeping.sweep();
    const after = sweeping.tasks.swept ?? 0;
    expect(after).toBe(before + 15);
    wake();
    await late;
    expect(sweeping.tasks.swept).toBe(after);
  });
});

/** Runs a sweep that stops for good after so many calls of the record, each with its effect. @returns whether it came to that. */
async function dyingAfter(most: number, sweeping: Sweeping): Promise<boolean> {
  let [made, isDead] = [0, false];
  const mortal = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return async (...given: unknown[]) => {
          made += 1;
          isDead ||= made > most;
          if (isDead) return new Promise(() => undefined);
          return Reflect.apply(member, target, given) as unknown;
        };
      },
    });
  const { tasks } = sweeping;
  const ports = { ...sweeping.ports, tasks: mortal(tasks), timers: mortal(tasks) };
  const dead = new Promise((resolve) => setTimeout(resolve, 20));
  await Promise.race([sweep(ports as SweepPorts), dead]);
  return isDead;
}
