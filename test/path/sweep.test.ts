import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { dueMinute } from "../../functions/core/tasks/task.ts";
import { sweep } from "../../functions/sweep/sweep.ts";
import { Sweeping } from "../harness/sweeping.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

/** A task without a session, which the due list has. */
const TOOLS = { authorization_details: JSON.stringify([{ type: "tool", server: "tickets", tools: ["search"] }]) };

describe("sweep", () => {
  it("ends the tasks that are past their deadline, and no other, and queues every role", async () => {
    const sweeping = new Sweeping();
    const [late, long] = [await sweeping.service.start(), await sweeping.service.start({ task_ttl: "7200" })];
    sweeping.service.world.pass(900);
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, failed: 0 });
    expect([sweeping.statusOf(late.id), sweeping.statusOf(long.id)]).toEqual(["expired", "active"]);
    expect(sweeping.tasks.events.at(-1)).toMatchObject({ of: late.id, type: "task.ended", facts: { by: "deadline" } });
    expect(sweeping.revocationQueue.sent.flat().map(({ role }) => role)).toEqual([
      "valetkey-task-0",
      "valetkey-task-1",
      "valetkey-task-2",
      "valetkey-task-3",
    ]);
    expect(sweeping.lines("swept")).toEqual([
      { level: "info", event: "swept", minutes: 60, ended: 1, withdrawn: 0, failed: 0, lag_seconds: 60 },
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
    await sweeping.service.complete(await sweeping.service.start({ ...TOOLS, task_ttl: "60" }));
    await sweeping.service.start({ ...TOOLS, task_ttl: "60" });
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

  it("looks at a task with a session once, in its role's list, and not at all where it ended before its deadline", async () => {
    const sweeping = new Sweeping();
    await sweeping.service.complete(await sweeping.service.start({ task_ttl: "60" }));
    const { id } = await sweeping.service.start({ task_ttl: "60" });
    expect(sweeping.timers()).toEqual([]);
    sweeping.service.world.pass(60);
    await sweeping.sweep();
    expect([sweeping.count("read"), sweeping.statusOf(id)]).toEqual([1, "expired"]);
    for (let minute = 0; minute < 5; minute += 1) {
      await sweeping.sweep();
      expect(sweeping.count("read")).toBe(0);
      sweeping.service.world.pass(60);
    }
  });

  it("with nothing to do, it reads each role's list, three due lists, the open endings of agents and people and where it came to, and writes that once", async () => {
    const sweeping = new Sweeping();
    await sweeping.sweep();
    sweeping.service.world.pass(60);
    await sweeping.sweep();
    expect(sweeping.calls.toSorted()).toEqual([
      "due",
      "due",
      "due",
      ...Array.from({ length: 4 }, () => "living"),
      "openEndings",
      "openPersonEndings",
      "setSweptTo",
      "sweptTo",
    ]);
  });

  it("moves an entry that names a live task too early to where it belongs, and does not end it", async () => {
    const sweeping = new Sweeping();
    const held = await sweeping.service.start(TOOLS);
    const { tasks } = sweeping;
    const path = held.id as TaskPath;
    const own = dueMinute(tasks.tasks.get(path)?.expiresAt ?? 0);
    const [timer] = sweeping.timers();
    const wrong = Math.floor(sweeping.service.world.nowSeconds() / 60);
    if (timer) await tasks.move(timer, { minute: wrong, tries: 3 });
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
    ["the record cannot be reached, and the roles are queued", "record"],
  ])("fails loudly where %s all the same", async (_, down) => {
    const sweeping = new Sweeping();
    const [path = ""] = await sweeping.open(1, -60);
    if (down === "queue") {
      sweeping.revocationQueue.before = () => {
        throw new Error("unreachable");
      };
      await expect(sweeping.sweep()).rejects.toThrow("unreachable");
      expect(sweeping.statusOf(path)).toBe("expired");
    } else {
      sweeping.tasks.before = () => {
        throw new Refusal("store_unavailable");
      };
      await expect(sweep(sweeping.ports)).rejects.toThrow("store_unavailable");
      expect(sweeping.revocationQueue.sent.flat()).toHaveLength(4);
    }
  });
});
