import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { dueMinute, firstLookMinute } from "../../functions/core/tasks/task.ts";
import { endDue } from "../../functions/sweep/end-due.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls } from "../harness/around-calls.ts";
import { API_KEY, ConnectedWorld, ORDERS, REPORTS } from "../harness/connected-world.ts";
import { type Actor, everyInterleaving } from "../harness/interleavings.ts";
import { Reaper } from "../harness/reaper.ts";
import { Sweeping } from "../harness/sweeping.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const TOOLS = { type: "tool", server: "tickets", tools: ["search"] };
const TOOLS_ALONE = { authorization_details: JSON.stringify([TOOLS]) };
const KINDS = [
  ["a session of AWS", [REPORTS]],
  ["tools, and nothing that is issued", [TOOLS]],
  ["a secret for itself alone", [API_KEY]],
  ["a login, a secret, a session and tools", [ORDERS, API_KEY, REPORTS, TOOLS]],
] as const;

/** A request for a task of twelve hours, which may be repeated, by a process that can be killed. */
function requested(details: readonly unknown[]) {
  const reaper = new Reaper();
  const one = new ConnectedWorld({}, reaper.disturb);
  const { world } = one;
  const form = {
    ...{ ...one.ask(...details), task_ttl: "43200" },
    ...{ subject_token: world.agentToken(), idempotency_key: "run-1" },
  };
  const tasks = () => [...world.ports.tasks.tasks.values()];
  const statuses = () => tasks().map(({ status }) => status);
  /** Two minutes in which whatever runs by itself does. */
  const twoMinutes = async () => {
    for (let minute = 0; minute < 2; minute += 1) {
      world.pass(60);
      await one.sweep();
      await one.relay();
      await one.revokeLeases();
    }
  };
  return { reaper, one, world, tasks, statuses, twoMinutes, ask: () => one.service.exchange(form) };
}

/** The process dies at each call of the request in turn, before or after the call had its effect; nobody is answered. */
async function dyingAt(
  details: readonly unknown[],
  lasts: "for good" | "once",
  then: (given: ReturnType<typeof requested>, place: string) => Promise<void>,
): Promise<void> {
  for (let at = 0; ; at += 1) {
    let made = 0;
    for (const when of ["before", "after"] as const) {
      const given = requested(details);
      given.reaper.arm(at, when, lasts);
      const { status } = await given.ask();
      made = given.reaper.calls;
      given.reaper.disarm();
      if (status !== 200) await then(given, `died ${when} call ${at}`);
    }
    if (made > at) continue;
    // Each call of it was the fatal one once.
    expect(at).toBeGreaterThan(7);
    return;
  }
}

describe.each(KINDS)("a request for %s whose process dies at any of its calls", (_, details) => {
  it("I5: leaves no task that nobody holds for longer than two minutes, nor anything of one", async () => {
    await dyingAt(details, "for good", async ({ one, tasks, twoMinutes }, place) => {
      await twoMinutes();
      const alive = tasks().filter(({ status }) => status === "active");
      // Confirmed credentials may have been handed out: a lost answer looks the same as one that arrived.
      expect(
        alive.filter(({ confirmed }) => !confirmed),
        place,
      ).toEqual([]);
      expect(await one.world.ports.agents.liveTasks("demo"), place).toHaveLength(alive.length);
      if (alive.length === 0) expect(one.remaining(), place).toEqual({ logins: [], held: [], pendingRevocations: [] });
    });
  });

  it("is answered when it is repeated, before that and after it, and what the repeat was given stays", async () => {
    for (const isLate of [false, true])
      await dyingAt(details, "for good", async ({ world, ask, statuses, twoMinutes }, place) => {
        if (isLate) await twoMinutes();
        else world.pass(11);
        expect((await ask()).status, place).toBe(200);
        await twoMinutes();
        expect(
          statuses().filter((status) => status === "active"),
          place,
        ).toHaveLength(1);
      });
  });

  it("a request in which a single call fails leaves nothing alive by itself, and may be repeated at once", async () => {
    await dyingAt(details, "once", async ({ ask, one, statuses, world }, place) => {
      expect(
        statuses().filter((status) => status === "active"),
        place,
      ).toEqual([]);
      // A secret for one task at a time is free once it is revoked.
      await one.relay();
      await one.revokeLeases();
      world.pass(11);
      expect((await ask()).status, place).toBe(200);
    });
  });
});

describe("a task that nobody was given", () => {
  it("counts against its agent's limit until the sweep has withdrawn it, and not after that", async () => {
    const { reaper, world, ask, one, statuses } = requested([TOOLS]);
    world.addAgent({ id: "demo", limits: { liveTasks: 1, taskSeconds: 43_200 } });
    const { tasks } = world.ports;
    tasks.before = (method) => {
      if (method === "open") reaper.arm(0, "before");
    };
    expect((await ask()).status).toBe(503);
    tasks.before = () => undefined;
    reaper.disarm();
    const another = () => one.service.exchange(one.ask(TOOLS));
    expect(await another()).toMatchObject({ status: 429, body: { code: "too_many_tasks" } });
    world.pass(60);
    await one.sweep();
    expect(statuses()).toEqual(["withdrawn", "withdrawn"]);
    expect(tasks.events.at(-1)).toMatchObject({
      type: "task.ended",
      facts: { by: "unconfirmed", status: "withdrawn" },
    });
    expect(world.lines.find(({ event }) => event === "swept")).toMatchObject({ withdrawn: 1, ended: 0, failed: 0 });
    expect((await another()).status).toBe(200);
  });
});

describe("a task that a repeat of its request was given", () => {
  it("is not withdrawn by the request that opened it and was too slow", async () => {
    const { world, ask, statuses } = requested([REPORTS]);
    const { tasks } = world.ports;
    let isSlow = true;
    let repeated: Awaited<ReturnType<typeof ask>> | undefined;
    tasks.before = async (method) => {
      if (method !== "confirm" || !isSlow) return;
      isSlow = false;
      world.pass(11);
      repeated = await ask();
    };
    expect((await ask()).status).toBe(503);
    expect(repeated?.status).toBe(200);
    expect(statuses()).toEqual(["active"]);
  });
});

describe("in every interleaving of a request and the sweep that comes a minute later", () => {
  it("the task is either handed out and lives, or is withdrawn and handed out to nobody", async () => {
    const run = async () => {
      const world = fakeWorld();
      const form = { authorization_details: JSON.stringify([TOOLS]) };
      let status = 0;
      const swept: string[] = [];
      const actors: readonly Actor[] = [
        async (around) => {
          status = (await new FakeService(world, aroundCalls(world.ports, around)).exchange(form)).status;
        },
        async (around) => {
          const { tasks, log } = aroundCalls(world.ports, around);
          const clock = { nowMs: () => world.nowSeconds() * 1_000 + 61_000 };
          const openedAt = world.nowSeconds();
          for (const timer of await tasks.due(firstLookMinute({ openedAt, expiresAt: openedAt + 900 })))
            swept.push(await endDue(timer, { tasks, timers: tasks, clock, log }));
        },
      ];
      const check = async (order: readonly string[]): Promise<void> => {
        const place = `${swept.join()} ${order.join(" ")}`;
        const [task] = [...world.ports.tasks.tasks.values()];
        expect(status === 200, place).toBe(task?.status === "active");
        expect(status === 200, place).toBe(task?.status === "active" && task.confirmed === true);
        seen.add(`${status} ${swept.join()}`);
      };
      return { actors, check };
    };
    const seen = new Set<string>();
    const { isComplete } = await everyInterleaving(run, 20_000, ["ending"]);
    expect(isComplete).toBe(true);
    expect([...seen].sort()).toEqual(expect.arrayContaining(["200 early", "503 withdrawn"]));
  });
});

describe("the sweep's first look at a task", () => {
  const firstLook = ({ tasks, service }: Sweeping, id: string) => {
    const task = tasks.tasks.get(id);
    if (!task) throw new Error("no task");
    service.world.pass(firstLookMinute(task) * 60 - service.world.nowSeconds());
    return { task, path: id as TaskPath };
  };

  it("puts one that somebody holds into the list of its deadline, and looks at it no more before that", async () => {
    const sweeping = new Sweeping();
    const { id } = await sweeping.service.start({ ...TOOLS_ALONE, task_ttl: "43200" });
    const { path, task } = firstLook(sweeping, id);
    await sweeping.sweep();
    expect(sweeping.timers()).toEqual([{ path, minute: dueMinute(task.expiresAt), tries: 0 }]);
    for (let minute = 0; minute < 4; minute += 1) {
      sweeping.service.world.pass(60);
      await sweeping.sweep();
      expect(sweeping.count("read")).toBe(0);
    }
    sweeping.service.world.pass(task.expiresAt - sweeping.service.world.nowSeconds());
    await sweeping.sweep();
    expect(sweeping.statusOf(id)).toBe("expired");
  });

  it("leaves one with a session in its role's list, and looks at it no more after three minutes", async () => {
    const sweeping = new Sweeping();
    const { id } = await sweeping.service.start({ task_ttl: "43200" });
    const { task } = firstLook(sweeping, id);
    const reads: number[] = [];
    for (let minute = 0; minute < 6; minute += 1) {
      await sweeping.sweep();
      reads.push(sweeping.count("read"));
      sweeping.service.world.pass(60);
    }
    expect(reads).toEqual([1, 1, 1, 0, 0, 0]);
    sweeping.service.world.pass(task.expiresAt - sweeping.service.world.nowSeconds());
    await sweeping.sweep();
    expect(sweeping.statusOf(id)).toBe("expired");
  });

  it("leaves one that may be handed out any moment where it is, and does not take that for a failure", async () => {
    const sweeping = new Sweeping();
    sweeping.service.world.pass(50);
    await sweeping.service.start();
    const [task] = [...sweeping.tasks.tasks.values()];
    if (!task) throw new Error("no task");
    const { confirmed: _, ...unconfirmed } = task;
    sweeping.tasks.tasks.set(task.path, unconfirmed);
    firstLook(sweeping, task.path);
    expect(await sweeping.sweep()).toMatchObject({ ended: 0, withdrawn: 0, failed: 0 });
    expect(sweeping.statusOf(task.path)).toBe("active");
    sweeping.service.world.pass(60);
    expect(await sweeping.sweep()).toMatchObject({ ended: 0, withdrawn: 1, failed: 0 });
    expect(sweeping.timers()).toEqual([]);
    expect((await sweeping.sweep()).lagSeconds).toBeLessThanOrEqual(120);
  });

  it("tries again where one cannot be withdrawn, and logs it", async () => {
    const sweeping = new Sweeping();
    await sweeping.service.start();
    const [task] = [...sweeping.tasks.tasks.values()];
    if (!task) throw new Error("no task");
    const { confirmed: _, ...unconfirmed } = task;
    sweeping.tasks.tasks.set(task.path, unconfirmed);
    firstLook(sweeping, task.path);
    const end = sweeping.tasks.end.bind(sweeping.tasks);
    sweeping.tasks.end = async () => {
      throw new Refusal("store_unavailable");
    };
    expect(await sweeping.sweep()).toMatchObject({ withdrawn: 0, failed: 1 });
    sweeping.tasks.end = end;
    sweeping.service.world.pass(60);
    expect(await sweeping.sweep()).toMatchObject({ withdrawn: 1, failed: 0 });
  });
});
