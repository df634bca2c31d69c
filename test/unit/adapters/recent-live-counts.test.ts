import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { RecentLiveCounts } from "../../../functions/adapters/memory/recent-live-counts.ts";
import type { AgentSummary } from "../../../functions/core/identity/agent.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";

/** Agents by the number of their live tasks, on pages of two. */
function counted(live: Readonly<Record<string, number>>) {
  let nowMs = 0;
  let queries = 0;
  let isDown = false;
  const all = Object.keys(live).map(
    (id): AgentSummary => ({
      id: agentId(id),
      name: id,
      owner: "staff|owner",
      team: "demo",
      createdAt: 0,
      status: id.startsWith("gone") ? "offboarded" : "active",
    }),
  );
  const counts = new RecentLiveCounts(
    {
      list: async (after) => {
        const rest = all.filter(({ id }) => id > (after ?? ""));
        const next = rest.length > 2 ? rest[1]?.id : undefined;
        return { agents: rest.slice(0, 2), ...(next === undefined ? {} : { next }) };
      },
      living: async (id) => {
        queries += 1;
        if (isDown) throw new Error("no table");
        return Array.from({ length: live[id] ?? 0 }, () => ({ path: "k7f3m2q9x4ab." as TaskPath }));
      },
    },
    () => nowMs,
  );
  return {
    read: async () => Object.fromEntries((await counts.read()).map((each) => [each.agent.id, each.live])),
    pass: (ms: number) => {
      nowMs += ms;
    },
    fail: (fails: boolean) => {
      isDown = fails;
    },
    queries: () => queries,
  };
}

describe("counts of live tasks", () => {
  it("are of every agent that has some, over all pages of the list", async () => {
    expect(await counted({ a1: 2, b1: 0, c1: 1, d1: 3, "gone-e": 1 }).read()).toEqual({ a1: 2, c1: 1, d1: 3 });
  });

  it("are read once in three seconds, however many look", async () => {
    const world = counted({ a1: 1, b1: 1 });
    await Promise.all([world.read(), world.read(), world.read()]);
    world.pass(2_999);
    await world.read();
    expect(world.queries()).toBe(2);
    world.pass(1);
    await world.read();
    expect(world.queries()).toBe(4);
  });

  it("are counted anew after a failure, which every waiting caller gets", async () => {
    const world = counted({ a1: 1 });
    world.fail(true);
    await expect(Promise.all([world.read(), world.read()])).rejects.toThrow("no table");
    world.fail(false);
    expect(await world.read()).toEqual({ a1: 1 });
  });
});
