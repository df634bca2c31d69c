import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { EMPTY_CHAIN, headOf, isWholeChain, linkEvent } from "../../../functions/core/journal/event.ts";
import { LATEST } from "../../../functions/core/revocation/roles.ts";
import { childPath, rootPath } from "../../../functions/core/task-path.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import { aLease, aTask, aUse, ENDING, eventOn, NOW, ROLE } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

const aDelegation = { hash: "hash-d", agent: agentId("helper"), expiresAt: NOW + 900, seal: "seal" };

/** Contract of the ending of a task, and of the journal. */
export function endingContract(store: () => TestedStore): void {
  describe("ending a task", () => {
    it("changes its status, and moves it from the live tasks to those to be revoked, in one transaction", async () => {
      const task = await store().opened({ leases: [aLease(0), aLease(1), aLease(2, { role: "valetkey-task-1" })] });
      const event = eventOn(task, "task.ended");
      await store().tasks.end(task, ENDING, event);
      expect(await store().reread(task)).toEqual({ ...task, ...ENDING, chain: headOf(event) });
      expect(await store().live(task)).toEqual([]);
      expect(await store().tasks.isAlive(task)).toBe(false);
      expect((await store().entryOf(task))?.endedAt).toBe(NOW + 5);
      expect((await store().entryOf(task, { ...ROLE, role: "valetkey-task-1" }))?.endedAt).toBe(NOW + 5);
      expect(isWholeChain(await store().events(task.path))).toBe(true);
    });

    it("of a task that has delegated keeps the task in its roles for as long as sessions below it can live", async () => {
      const task = await store().opened({ leases: [aLease(0, { fenceAt: NOW + 20 })] });
      await store().tasks.addDelegation(task, aDelegation, [], eventOn(task, "delegation.issued"));
      const delegating = await store().reread(task);
      // The delegation is removed, but a task may have been opened with it before.
      await store().tasks.removeDelegation(delegating, aDelegation.hash, eventOn(delegating, "delegation.revoked"));
      const parent = await store().reread(task);
      await store().tasks.end(parent, ENDING, eventOn(parent, "task.ended"));
      expect(await store().entryOf(task)).toMatchObject({ fenceAt: NOW + 5 + 900, endedAt: NOW + 5 });
    });

    it("is listed at once where so many ended that not all are, and the list is then marked as incomplete", async () => {
      const role = { ...ROLE, role: `valetkey-task-${randomBytes(4).toString("hex")}` };
      const opened = (changed: Partial<Task> = {}) => store().opened({ leases: [aLease(0, role)], ...changed });
      const end = (task: Task, endedAt: number) =>
        store().tasks.end(task, { ...ENDING, endedAt }, eventOn(task, "task.ended"));
      const parent = await opened();
      await store().tasks.addDelegation(parent, aDelegation, [], eventOn(parent, "delegation.issued"));
      await end(await store().reread(parent), NOW - 700);
      const living = await opened();
      const crowd: Task[] = [];
      // One more recent ending than is read at a time. Three of the old ones are left out.
      const [old, late] = [LATEST.most + 2, LATEST.most + 1];
      await store().written(async ({ tasks }) => {
        for (let index = 0; index < old + late; index += 1) {
          const { task, event } = aTask({ leases: [aLease(0, role)] });
          await tasks.open(task, event, aUse(), undefined);
          const endedAt = index < old ? NOW - 300 + Math.floor(index / 2) : NOW - 20;
          await tasks.end(task, { ...ENDING, endedAt }, eventOn(task, "task.ended"));
          crowd.push(task);
        }
      });
      expect(await store().roles.snapshot(role, NOW)).toMatchObject({ isWhole: false });
      const last = await opened();
      await end(last, NOW - 1);
      const { entries, isWhole } = await store().roles.snapshot(role, NOW);
      const listed = new Set(entries.map(({ path }) => path));
      expect(isWhole).toBe(false);
      // The oldest is left out. Live tasks, tasks that may have something below them, and recent endings never are,
      // however many there are.
      expect([parent, living, last].every(({ path }) => listed.has(path))).toBe(true);
      expect(listed.has(crowd[0]?.path ?? parent.path)).toBe(false);
      expect(crowd.slice(old).filter(({ path }) => !listed.has(path))).toEqual([]);
      expect(listed.size).toBeLessThan(crowd.length + 3);
      const issued = await store().roles.issued(role, NOW);
      expect(issued.map(({ path }) => path).sort()).toEqual(
        [...crowd, parent, living, last].map(({ path }) => path).sort(),
      );
      // The list is complete once the old endings no longer matter.
      const later = await store().roles.snapshot(role, NOW - 20 + 1_501);
      expect(later.isWhole).toBe(true);
      expect(later.entries.some(({ path }) => path === last.path)).toBe(true);
    });

    it("of a task that has delegated is an open ending, of its agent and among all, from that write until it is closed", async () => {
      const agent = agentId(`agent-${randomBytes(4).toString("hex")}`);
      const opened = (changed: Partial<Task> = {}) => store().opened({ leases: [], agent, ...changed });
      const [parent, single, other] = [await opened(), await opened(), await opened({ agent: agentId(`${agent}-2`) })];
      for (const each of [parent, other]) {
        await store().tasks.addDelegation(each, aDelegation, [], eventOn(each, "delegation.issued"));
        const delegating = await store().reread(each);
        expect(await store().tasks.openEndings(each.agent)).toEqual([]);
        await store().tasks.end(delegating, { status: "expired", endedAt: NOW }, eventOn(delegating, "task.ended"));
      }
      await store().tasks.end(single, ENDING, eventOn(single, "task.ended"));
      const open = { path: parent.path, agent, status: "expired" };
      expect(await store().tasks.openEndings(agent)).toEqual([open]);
      const all = await store().tasks.openEndings();
      expect(all).toContainEqual(open);
      expect(all).toContainEqual({ ...open, path: other.path, agent: other.agent });
      // An entry in the list of live tasks means that its task is alive.
      expect(await store().live(parent)).toEqual([]);
      for (const _ of ["once", "again"]) await store().tasks.closeEnding(parent);
      expect(await store().tasks.openEndings(agent)).toEqual([]);
      expect(await store().tasks.openEndings(other.agent)).toHaveLength(1);
    });

    it("is listed for its agent with its author, the latest first, page by page; withdrawn tasks are not", async () => {
      const agent = agentId(`agent-${randomBytes(4).toString("hex")}`);
      const tasks: Task[] = [];
      for (let n = 0; n < 5; n += 1) {
        const task = await store().opened({ leases: [], agent });
        const ending = { status: n === 2 ? "withdrawn" : "revoked", endedAt: NOW + n, endedBy: "staff|alice" } as const;
        await store().tasks.end(task, ending, eventOn(task, "task.ended"));
        tasks.push(task);
      }
      const [first, second, , third, fourth] = tasks.map(({ path }) => path);
      expect(await store().reread(tasks[0] as Task)).toMatchObject({ status: "revoked", endedBy: "staff|alice" });
      const page = await store().tasks.ended(agent, undefined, 3);
      expect(page).toEqual({ paths: [fourth, third, second], next: `${NOW + 1}#${second}` });
      expect(await store().tasks.ended(agent, page.next, 3)).toEqual({ paths: [first] });
      expect(await store().tasks.ended(agentId(`${agent}-2`), undefined, 3)).toEqual({ paths: [] });
    });

    it("removes the task from the list of live tasks, and a leftover entry there can be removed", async () => {
      const task = await store().opened();
      const isLiving = async () => (await store().roles.living(ROLE)).some(({ path }) => path === task.path);
      expect(await isLiving()).toBe(true);
      await store().tasks.end(task, ENDING, eventOn(task, "task.ended"));
      expect(await isLiving()).toBe(false);
      const left = await store().opened();
      await store().roles.forget(ROLE, left.path);
      await store().roles.forget(ROLE, left.path);
      expect((await store().roles.living(ROLE)).map(({ path }) => path)).not.toContain(left.path);
    });

    it("works without leases or an outcome", async () => {
      const task = await store().opened({ leases: [] });
      await store().tasks.end(task, { status: "expired", endedAt: NOW }, eventOn(task, "task.ended"));
      expect(await store().reread(task)).toMatchObject({ status: "expired", endedAt: NOW });
      expect(await store().reread(task)).not.toHaveProperty("outcome");
    });

    it("happens once", async () => {
      const task = await store().opened();
      const outcomes = await Promise.allSettled(
        (["completed", "revoked", "expired"] as const).map((status) =>
          store().tasks.end(task, { status, endedAt: NOW }, eventOn(task, "task.ended")),
        ),
      );
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await store().events(task.path)).toHaveLength(2);
    });
  });

  describe("the tasks below a task", () => {
    const childOf = (parent: Task, changed: Partial<Task> = {}): Promise<Task> =>
      store().opened({ path: childPath(parent.path, randomBytes(16)), ...changed });

    it("are listed at every level, for all agents and at any time, without the task itself and its siblings", async () => {
      const root = await store().opened();
      const [child, sibling] = [await childOf(root), await childOf(root, { expiresAt: NOW - 7_200 })];
      const grandchild = await childOf(child);
      await childOf(await store().opened());
      const sorted = async (of: Task) => [...(await store().tasks.below(of.path))].sort();
      expect(await sorted(root)).toEqual([child.path, sibling.path, grandchild.path].sort());
      expect(await sorted(child)).toEqual([grandchild.path]);
      expect(await sorted(grandchild)).toEqual([]);
    });

    it("are only the active ones", async () => {
      const root = await store().opened();
      const child = await childOf(root);
      const grandchild = await childOf(child);
      await store().tasks.end(child, ENDING, eventOn(child, "task.ended"));
      expect(await store().tasks.below(root.path)).toEqual([grandchild.path]);
      await store().tasks.end(grandchild, ENDING, eventOn(grandchild, "task.ended"));
      expect(await store().tasks.below(root.path)).toEqual([]);
    });

    it("are none for a task that does not exist", async () => {
      expect(await store().tasks.below(rootPath(randomBytes(32)))).toEqual([]);
    });
  });

  describe("the journal of refusals", () => {
    it("accepts an event, but no second one of the same number", async () => {
      const path = rootPath(randomBytes(32));
      const event = linkEvent(EMPTY_CHAIN, path, "task.refused", NOW * 1_000, {
        code: "policy_denied",
        why: undefined,
      });
      await store().journal.append(event);
      await expect(store().journal.append(event)).rejects.toEqual(refused("contended"));
      expect(await store().events(path)).toEqual([event]);
      expect(isWholeChain(await store().events(path))).toBe(true);
    });
  });
}
