import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { childPath, rootPath } from "../../../functions/core/task-path.ts";
import { firstLookMinute, type Task } from "../../../functions/core/tasks/task.ts";
import type { Idempotency, TokenUse } from "../../../functions/core/tasks/tasks.ts";
import type { Timer } from "../../../functions/core/tasks/timers.ts";
import { aKey, aLease, aTask, aUse, eventOn, NOW, ROLE } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

const pathsOf = (timers: readonly Timer[]) => timers.map(({ path }) => path);

/** Contract of a task's opening, once for each token and key. */
export function openingContract(store: () => TestedStore): void {
  describe("opening a task", () => {
    it("writes the task, its event, its place among the live tasks and its roles in one transaction, without a timer", async () => {
      const { task, event } = aTask({ leases: [aLease(0), aLease(1, { role: "valetkey-task-1" })] });
      expect(await store().tasks.open(task, event, aUse(), undefined)).toEqual({ opened: true });
      expect(await store().tasks.read(task.path)).toEqual(task);
      expect(await store().events(task.path)).toEqual([event]);
      expect(await store().live(task)).toEqual([task.path]);
      expect(await store().tasks.isAlive(task)).toBe(true);
      expect(await store().tasks.isAlive({ ...task, agent: agentId("another") })).toBe(false);
      const minute = firstLookMinute(task);
      expect(pathsOf(await store().timers.due(minute))).not.toContain(task.path);
      const times = { openedAt: NOW, startedAt: NOW, fenceAt: NOW + 900, expiresAt: NOW + 3_600 };
      const entry = { path: task.path, agent: task.agent, ...times };
      expect(await store().entryOf(task)).toEqual(entry);
      expect(await store().roles.living(ROLE)).toContainEqual(entry);
      expect(await store().entryOf(task, { ...ROLE, role: "valetkey-task-1" })).toMatchObject({ path: task.path });
    });

    it("writes a timer for a task without sessions, which no role's list has", async () => {
      const { task, event } = aTask({ leases: [] });
      await store().tasks.open(task, event, aUse(), undefined);
      const minute = firstLookMinute(task);
      expect(await store().timers.due(minute)).toContainEqual({ path: task.path, minute, tries: 0 });
    });

    it("lists live tasks, and those below one, in the order of their opening, for any reader", async () => {
      const [second, first, third] = [NOW + 1, NOW, NOW + 2].map((openedAt) => ({
        agent: agentId("in-order"),
        openedAt,
      }));
      const root = await store().opened(first);
      const below = await Promise.all(
        [third, second, second].map((changed) =>
          store().opened({ ...changed, path: childPath(root.path, randomBytes(32)) }),
        ),
      );
      const inOrder = below
        .map(({ path, openedAt }) => `${openedAt} ${path}`)
        .sort()
        .map((each) => each.split(" ")[1]);
      expect(await store().live(root)).toEqual([root.path, ...inOrder]);
      expect(await store().tasks.below(root.path)).toEqual(inOrder);
    });

    it("lists whom each live task is for, and no task past its deadline", async () => {
      const agent = agentId(`shared-${randomBytes(4).toString("hex")}`);
      const onBehalf = { issuer: "staff", value: "pat", groups: [], isFirst: true, provenAt: NOW };
      const past = Math.floor(Date.now() / 1_000) - 2;
      const [own, pats, below, late] = [
        await store().opened({ agent, openedAt: NOW }),
        await store().opened({ agent, openedAt: NOW + 1, onBehalf }),
        await store().opened({ agent, openedAt: NOW + 2, delegated: { chain: [agentId("parent")] } }),
        await store().opened({ agent, openedAt: NOW + 3, expiresAt: past }),
      ];
      expect(await store().agents.living(agent)).toEqual([
        { path: own.path },
        { path: pats.path, party: "staff|pat" },
        { path: below.path, party: "parent" },
      ]);
      expect(await store().agents.liveTasks(agent)).toContain(late.path);
    });

    it("keeps one entry for two leases of one role, with the later fence", async () => {
      const task = await store().opened({
        leases: [aLease(0, { fenceAt: NOW + 60, startedAt: NOW + 1 }), aLease(1, { fenceAt: NOW + 600 })],
      });
      expect(await store().entryOf(task)).toMatchObject({ startedAt: NOW + 1, fenceAt: NOW + 600 });
      expect(task.leases.map(({ name }) => name)).toEqual(["aws-0", "aws-1"]);
    });

    it("reads back a task without leases, and nothing for an unknown path", async () => {
      expect((await store().opened({ leases: [] })).leases).toEqual([]);
      expect(await store().tasks.read(rootPath(randomBytes(32)))).toBeUndefined();
    });

    it("does not overwrite a task of the same path", async () => {
      const task = await store().opened();
      const again = store().tasks.open(
        { ...task, purpose: "another" },
        eventOn(task, "task.opened"),
        aUse(),
        undefined,
      );
      await expect(again).rejects.toEqual(refused("contended"));
      expect((await store().reread(task)).purpose).toBe("a report");
    });

    it("counts the use of the person's token beside the agent's, and opens nothing where either was used", async () => {
      const [agents, persons] = [aUse(), aUse({ issuer: "staff" })];
      const open = async (use: typeof agents) => {
        const { task, event } = aTask();
        await store().tasks.open(task, event, use, undefined);
        return task;
      };
      await open({ ...agents, beside: persons });
      await expect(open({ ...aUse(), beside: persons })).rejects.toEqual(refused("token_replayed"));
      await expect(open({ ...agents, beside: aUse({ issuer: "staff" }) })).rejects.toEqual(refused("token_replayed"));
      await expect(open(persons)).rejects.toEqual(refused("token_replayed"));
      const unused = aUse();
      await expect(open({ ...unused, beside: persons })).rejects.toEqual(refused("token_replayed"));
      await open(unused);
    });

    it.each([
      ["single use", 1],
      ["a window", 3],
    ])("refuses a token after its uses (%s), and then writes nothing", async (_, cap) => {
      const use = aUse({ cap });
      for (let count = 0; count < cap; count += 1) {
        const { task, event } = aTask();
        expect(await store().tasks.isTokenUsed(use)).toBe(false);
        await store().tasks.open(task, event, use, undefined);
      }
      expect(await store().tasks.isTokenUsed(use)).toBe(true);
      const { task, event } = aTask();
      await expect(store().tasks.open(task, event, use, undefined)).rejects.toEqual(refused("token_replayed"));
      expect(await store().tasks.read(task.path)).toBeUndefined();
      expect(await store().events(task.path)).toEqual([]);
      expect(await store().live(task)).toEqual([]);
      expect(await store().entryOf(task)).toBeUndefined();
    });

    it("treats tokens of the same id from two issuers as two", async () => {
      const use = aUse();
      for (const issuer of ["robots", "mesh"]) {
        const { task, event } = aTask();
        expect(await store().tasks.open(task, event, { ...use, issuer }, undefined)).toEqual({ opened: true });
      }
    });

    it("opens one task of many at the same moment with one single-use token", async () => {
      const use = aUse();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, () => {
          const { task, event } = aTask();
          return store().tasks.open(task, event, use, undefined);
        }),
      );
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });
  });

  describe("a request's key", () => {
    const first = async () => {
      const { task, event } = aTask();
      const use = aUse();
      await store().tasks.open(task, event, use, aKey(task));
      return { task, use };
    };
    const again = async (task: Task, use: TokenUse, key: Idempotency) => {
      const other = aTask({ agent: task.agent });
      return { other: other.task, answer: store().tasks.open(other.task, other.event, use, key) };
    };

    it("returns the first task for a repeat, and writes nothing", async () => {
      const { task } = await first();
      const { other, answer } = await again(task, aUse(), aKey(task));
      expect(await answer).toEqual({ repeats: task.path });
      expect(await store().tasks.read(other.path)).toBeUndefined();
      expect(await store().live(task)).toEqual([task.path]);
    });

    it("with the token that was used for it makes a repeat, not a replay", async () => {
      const { task, use } = await first();
      expect(await (await again(task, use, aKey(task))).answer).toEqual({ repeats: task.path });
    });

    it("with another request is a conflict", async () => {
      const { task } = await first();
      const { answer } = await again(task, aUse(), aKey(task, { requestHash: "another" }));
      await expect(answer).rejects.toEqual(refused("idempotency_conflict"));
    });

    it.each([
      ["subject", { subject: "mesh|other" }],
      ["key", { key: "run-2" }],
      ["agent", { agent: agentId("somebody-else") }],
    ])("of another %s makes another request", async (_, changed) => {
      const { task } = await first();
      expect(await (await again(task, aUse(), aKey(task, changed))).answer).toEqual({ opened: true });
    });

    it("may be given to a new task in place of the first, with the same token, and then to no other", async () => {
      const { task, use } = await first();
      const { other, answer } = await again(task, use, aKey(task, { replaces: task.path }));
      expect(await answer).toEqual({ opened: true });
      const late = await again(task, use, aKey(task, { replaces: task.path }));
      expect(await late.answer).toEqual({ repeats: other.path });
    });

    it("does not make a token valid again that was used for something else", async () => {
      const { task } = await first();
      const { use } = await first();
      const { answer } = await again(task, use, aKey(task, { replaces: task.path }));
      await expect(answer).rejects.toEqual(refused("token_replayed"));
    });

    it("opens one task of many requests at the same moment, and the others return that task", async () => {
      const shared = aTask().task;
      const all = Array.from({ length: 6 }, () => aTask({ agent: shared.agent }));
      const outcomes = await Promise.allSettled(
        all.map(({ task, event }) => store().tasks.open(task, event, aUse(), aKey(shared))),
      );
      const paths = await store().live(shared);
      expect(paths).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") expect(outcome.reason).toEqual(refused("contended"));
        else if ("repeats" in outcome.value) expect(outcome.value.repeats).toBe(paths[0]);
      }
    });
  });
}
