import { describe, expect, it } from "vitest";
import type { Timer } from "../../functions/core/ports.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import type { TaskPath } from "../../functions/core/tasks/path.ts";
import { dueMinute } from "../../functions/core/tasks/task.ts";
import { MOST_TRIES } from "../../functions/sweep/end-due.ts";
import { type SweepPorts, sweep } from "../../functions/sweep/sweep.ts";
import { aTask, aUse } from "../contract/store/tested-store.ts";
import { FakeQueue } from "../fakes/fake-queue.ts";
import { FakeReleaseQueue } from "../fakes/fake-releases.ts";
import { FakeService } from "../fakes/fake-service.ts";
import { fakeWorld } from "../fakes/fake-world.ts";
import { watchWorlds } from "../fakes/watch-worlds.ts";

watchWorlds();

/** The minute's sweep over the world of a service. */
class Sweeping {
  readonly service = new FakeService(fakeWorld());
  readonly queue = new FakeQueue();
  readonly tasks = this.service.world.ports.tasks;
  /** Every call of the record since last asked, as `method`. */
  calls: string[] = [];

  get ports(): SweepPorts {
    const { ports } = this.service.world;
    return {
      ...ports,
      timers: ports.tasks,
      releases: ports.tasks.releases,
      releaseQueue: new FakeReleaseQueue(),
      queue: this.queue,
    };
  }

  sweep(ports: SweepPorts = this.ports) {
    this.calls = [];
    this.tasks.before = (method) => void this.calls.push(method);
    return sweep(ports);
  }

  /** Tasks past the service, `seconds` before now or after it: as many as one likes. */
  async open(count: number, dueInSeconds: number): Promise<readonly TaskPath[]> {
    const expiresAt = this.service.world.nowSeconds() + dueInSeconds;
    const paths: TaskPath[] = [];
    for (let index = 0; index < count; index += 1) {
      const { task, event } = aTask({ expiresAt, openedAt: expiresAt - 900, leases: [] });
      await this.tasks.open(task, event, aUse(), undefined);
      paths.push(task.path);
    }
    return paths;
  }

  statusOf(path: string): string | undefined {
    return this.tasks.tasks.get(path)?.status;
  }

  /** How many timers stand anywhere. */
  timers(): readonly Timer[] {
    return [...this.tasks.timers.values()].flatMap((list) => [...list.values()]);
  }

  count(method: string): number {
    return this.calls.filter((call) => call === method).length;
  }

  endings(): number {
    return this.tasks.events.filter(({ type }) => type === "task.ended").length;
  }

  lines(event: string) {
    return this.service.world.lines.filter((line) => line.event === event);
  }
}

describe("sweep", () => {
  it("ends the tasks that are past their deadline, and no other, and asks for every role", async () => {
    const sweeping = new Sweeping();
    const [late, long] = [await sweeping.service.start(), await sweeping.service.start({ task_ttl: "7200" })];
    sweeping.service.world.pass(900);
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, failed: 0 });
    expect([sweeping.statusOf(late.id), sweeping.statusOf(long.id)]).toEqual(["expired", "active"]);
    expect(sweeping.tasks.events.at(-1)).toMatchObject({ of: late.id, type: "task.ended", facts: { by: "deadline" } });
    expect(sweeping.queue.sent.flat().map(({ role }) => role)).toEqual([
      "valetkey-task-0",
      "valetkey-task-1",
      "valetkey-task-2",
      "valetkey-task-3",
    ]);
    expect(sweeping.lines("swept")).toEqual([
      { level: "info", event: "swept", minutes: 60, ended: 1, failed: 0, lag_seconds: 60 },
    ]);
  });

  it("before the deadline there is nothing to do, to the second", async () => {
    const sweeping = new Sweeping();
    await sweeping.service.start({ task_ttl: "60" });
    sweeping.service.world.pass(59);
    expect(await sweeping.sweep()).toMatchObject({ ended: 0, failed: 0 });
    sweeping.service.world.pass(1);
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, failed: 0 });
    expect(await sweeping.sweep()).toMatchObject({ ended: 0, failed: 0 });
  });

  it("looks at a task once: what is done is taken from the list, what had ended before its deadline too", async () => {
    const sweeping = new Sweeping();
    await sweeping.service.complete(await sweeping.service.start({ task_ttl: "60" }));
    await sweeping.service.start({ task_ttl: "60" });
    sweeping.service.world.pass(60);
    await sweeping.sweep();
    expect([sweeping.count("read"), sweeping.count("remove")]).toEqual([2, 2]);
    expect(sweeping.timers()).toEqual([]);
    for (let minute = 0; minute < 5; minute += 1) {
      await sweeping.sweep();
      expect(sweeping.count("read")).toBe(0);
      sweeping.service.world.pass(60);
    }
  });

  it("with nothing to do, it reads three lists and where it came to, and writes that once", async () => {
    const sweeping = new Sweeping();
    await sweeping.sweep();
    sweeping.service.world.pass(60);
    await sweeping.sweep();
    expect(sweeping.calls).toEqual(["sweptTo", "due", "due", "due", "setSweptTo"]);
  });

  it("moves an entry that names a live task too early to where it belongs, and does not end it", async () => {
    const sweeping = new Sweeping();
    const held = await sweeping.service.start();
    const { tasks } = sweeping;
    const path = held.id as TaskPath;
    const own = dueMinute(tasks.tasks.get(path)?.expiresAt ?? 0);
    const wrong = Math.floor(sweeping.service.world.nowSeconds() / 60);
    await tasks.move({ path, minute: own, tries: 0 }, { minute: wrong, tries: 3 });
    expect(await sweeping.sweep()).toMatchObject({ ended: 0, failed: 0 });
    expect(sweeping.timers()).toEqual([{ path, minute: own, tries: 0 }]);
    expect(await sweeping.service.readTask(held)).toMatchObject({ body: { status: "active" } });
  });

  it("forgets an entry whose task is gone", async () => {
    const sweeping = new Sweeping();
    const [path = "" as TaskPath] = await sweeping.open(1, -60);
    sweeping.tasks.tasks.delete(path);
    await sweeping.sweep();
    expect(sweeping.timers()).toEqual([]);
    sweeping.tasks.events.length = 0;
  });

  it("a task that somebody else ended meanwhile stays as that one ended it", async () => {
    const sweeping = new Sweeping();
    const held = await sweeping.service.start({ task_ttl: "60" });
    sweeping.service.world.pass(60);
    const { tasks } = sweeping;
    const swept = sweeping.sweep();
    let isDone = false;
    tasks.before = async (method) => {
      if (method !== "end" || isDone) return;
      isDone = true;
      await sweeping.service.revoke(held.token);
    };
    await swept;
    expect(sweeping.statusOf(held.id)).toBe("revoked");
    expect(sweeping.endings()).toBe(1);
  });

  it.each([
    ["the queue cannot be reached, and the tasks end", "queue"],
    ["the record cannot be reached, and the roles are asked for", "record"],
  ])("fails loudly where %s all the same", async (_, down) => {
    const sweeping = new Sweeping();
    const [path = ""] = await sweeping.open(1, -60);
    if (down === "queue") {
      sweeping.queue.before = () => {
        throw new Error("unreachable");
      };
      await expect(sweeping.sweep()).rejects.toThrow("unreachable");
      expect(sweeping.statusOf(path)).toBe("expired");
    } else {
      sweeping.tasks.before = () => {
        throw new Refusal("store_unavailable");
      };
      await expect(sweep(sweeping.ports)).rejects.toThrow("store_unavailable");
      expect(sweeping.queue.sent.flat()).toHaveLength(4);
    }
  });
});

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

  it("a first sweep looks back an hour, as long as an entry is sure to stand", async () => {
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

describe("a task that cannot be ended", () => {
  /** Its ending fails from now on, and so does whatever else is named. */
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

  it("does not keep the others, is loud, and is tried again a minute later", async () => {
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

  it("and not be put off either, for an outage, holds its minute until that is over; later minutes go on", async () => {
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

  it("and not be put off either, for a bug, is left to its TTL at once", async () => {
    const sweeping = new Sweeping();
    const [stuck = "" as TaskPath] = await sweeping.open(1, -180);
    poison(sweeping, stuck, () => new TypeError("a bug"), ["end", "move"]);
    expect(await sweeping.sweep()).toMatchObject({ failed: 1, lagSeconds: 60 });
    expect(sweeping.lines("overdue")).toHaveLength(1);
  });
});

describe("a list that cannot be read", () => {
  it("is left for the next sweep, is loud, and does not keep the others", async () => {
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
    // One that is due, one that ended by itself, one that cannot be ended the first time, over three minutes.
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
