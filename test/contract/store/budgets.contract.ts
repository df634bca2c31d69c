import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { HeldBudget } from "../../../functions/core/budgets/budget.ts";
import type { Spending } from "../../../functions/core/budgets/budgets.ts";
import { spend, spentIn } from "../../../functions/core/budgets/spent.ts";
import { countGrant, readFree } from "../../../functions/exchange/vend/count-grant.ts";
import { aKey, aTask, aUse, NOW } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

const aBudget = (): HeldBudget => ({
  ...{ name: "deploys", count: 3, window: 3_600, scope: "agent" },
  holder: `agent-${randomBytes(4).toString("hex")}`,
});

/** Contract of budgets: a grant counts with its task or not at all, and only on top of what was read. */
export function budgetsContract(store: () => TestedStore): void {
  const read = async (held: HeldBudget) => {
    const [counted] = await store().budgets.read([held]);
    if (!counted) throw new Error("a budget was not read");
    return counted;
  };
  const spending = async (held: HeldBudget, at: number): Promise<Spending> => {
    const { spent, version } = await read(held);
    return { ...held, version, spent: spend(spent, at) };
  };
  const open = (spendings: readonly Spending[], key?: ReturnType<typeof aKey>) => {
    const { task, event } = aTask();
    const opened = store().tasks.open(task, event, aUse(), key, undefined, { spendings });
    return { task, opened };
  };
  const count = async (held: HeldBudget) => spentIn((await read(held)).spent, held, NOW + 1);

  describe("a budget", () => {
    it("has counted nothing before its first grant, and each grant once with its task", async () => {
      const [held, other] = [aBudget(), aBudget()];
      expect((await read(held)).version).toBe(0);
      for (const at of [NOW - 2, NOW - 1, NOW])
        await open([await spending(held, at), await spending(other, at)]).opened;
      expect([await count(held), await count(other)]).toEqual([3, 3]);
      expect((await read(held)).version).toBe(3);
    });

    it("counts no grant on top of an older reading, and opens nothing then", async () => {
      const held = aBudget();
      const stale = await spending(held, NOW);
      await open([await spending(held, NOW)]).opened;
      for (const each of [stale, { ...stale, version: 7 }]) {
        const { task, opened } = open([each]);
        await expect(opened).rejects.toEqual(
          expect.objectContaining({ code: "contended", detail: expect.objectContaining({ why: "budget" }) }),
        );
        expect(await store().tasks.read(task.path)).toBeUndefined();
      }
      expect(await count(held)).toBe(1);
    });

    it("counts nothing where the task is not opened: a used token, a repeated request", async () => {
      const held = aBudget();
      const key = aKey(aTask().task, { key: `run-${held.holder}` });
      const first = open([await spending(held, NOW)], key);
      await first.opened;
      const again = open([await spending(held, NOW)], key);
      expect(await again.opened).toEqual({ repeats: first.task.path });
      const { task, event } = aTask();
      const use = aUse();
      await store().tasks.open(task, event, use, undefined);
      const another = aTask();
      const replayed = store().tasks.open(another.task, another.event, use, undefined, undefined, {
        spendings: [await spending(held, NOW)],
      });
      await expect(replayed).rejects.toEqual(refused("token_replayed"));
      expect(await count(held)).toBe(1);
    });

    it("counts exactly 3 of 50 grants at once, each of which opens a task", async () => {
      const held = { ...aBudget(), window: 86_400 };
      const ports = {
        ...store(),
        clock: { nowMs: Date.now },
        random: { bytes: (size: number) => randomBytes(size) },
        pause,
      };
      const grant = async () => {
        const { task, event } = aTask();
        const known = await readFree([held], ports);
        const write = (spendings: readonly Spending[]) =>
          store().tasks.open(task, event, aUse(), undefined, undefined, { spendings });
        await countGrant(task.path, [held], known, undefined, write, ports);
        return task.path;
      };
      const answers = await Promise.allSettled(Array.from({ length: 50 }, grant));
      const opened = answers.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
      const codes = answers.flatMap((each) => (each.status === "rejected" ? [each.reason.code] : []));
      // A grant that has lost the race for three seconds is refused as contended, and counts nothing.
      expect(opened).toHaveLength(3);
      expect(codes.filter((code) => code !== "budget_spent" && code !== "contended")).toEqual([]);
      for (const path of opened) expect(await store().tasks.read(path)).toBeDefined();
      expect((await read(held)).version).toBe(3);
    }, 60_000);

    it("is listed with its holders in order, page by page, and beside no other budget's", async () => {
      const name = `b${randomBytes(4).toString("hex")}`;
      const holders = ["*", "agent-1", "agent-2", "Team Ä", "staff|person:ada@acme.test"];
      for (const holder of holders) {
        const held = { ...aBudget(), name, holder };
        await open([await spending(held, NOW), await spending({ ...held, name: `${name}-2` }, NOW)]).opened;
        await open([await spending({ ...held, scope: "hub" }, NOW)]).opened;
      }
      const list = async (after: string | undefined, most: number) =>
        (await store().budgets.list({ name, scope: "agent" }, after, most)).map(({ holder, spent }) => [
          holder,
          spentIn(spent, aBudget(), NOW + 1),
        ]);
      const all = await list(undefined, 100);
      expect(all).toEqual(["*", "Team Ä", "agent-1", "agent-2", "staff|person:ada@acme.test"].map((each) => [each, 1]));
      expect(await list(undefined, 2)).toEqual(all.slice(0, 2));
      expect(await list("Team Ä", 2)).toEqual(all.slice(2, 4));
      expect(await list("staff|person:ada@acme.test", 2)).toEqual([]);
      expect(await store().budgets.list({ name: `${name}-3`, scope: "agent" }, undefined, 9)).toEqual([]);
    });

    it("takes back a grant of that second once, and nothing that it has not counted", async () => {
      const held = aBudget();
      for (const at of [NOW - 1, NOW, NOW]) await open([await spending(held, at)]).opened;
      await store().budgets.giveBack(held, NOW);
      expect(await count(held)).toBe(2);
      await store().budgets.giveBack(held, NOW - 9);
      expect(await count(held)).toBe(2);
      await store().budgets.giveBack(aBudget(), NOW);
    });
  });

  describe("an earlier request", () => {
    it("is found by its key, and no other", async () => {
      const key = aKey(aTask().task, { key: randomBytes(4).toString("hex") });
      expect(await store().tasks.earlier(key)).toBeUndefined();
      const { task, opened } = open([], key);
      await opened;
      expect(await store().tasks.earlier(key)).toBe(task.path);
      expect(await store().tasks.earlier({ ...key, replaces: task.path })).toBeUndefined();
      await expect(store().tasks.earlier({ ...key, requestHash: "another" })).rejects.toEqual(
        refused("idempotency_conflict"),
      );
    });
  });
}
