import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import type { Delegation } from "../../../functions/core/delegation/delegation.ts";
import { childPath, rootPath } from "../../../functions/core/task-path.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import type { DelegationUse, Opened } from "../../../functions/core/tasks/tasks.ts";
import { aKey, aTask, aUse, ENDING, eventOn, NOW } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

/** Contract of tasks below another: each delegation opens one, while the task above is active. */
export function delegatingContract(store: () => TestedStore): void {
  const given = (changed: Partial<Delegation> = {}): Delegation => ({
    hash: "hash-d",
    agent: agentId("helper"),
    details: [{ type: "tool", server: agentId("tickets"), tools: ["search"] }],
    expiresAt: NOW + 900,
    seal: "seal",
    ...changed,
  });
  const delegating = async (delegation = given()): Promise<Task> => {
    const parent = await store().opened();
    await store().tasks.addDelegation(parent, delegation, [], eventOn(parent, "delegation.issued"));
    return store().reread(parent);
  };
  const aChild = (parent: Task) => {
    const delegated = { chain: [parent.agent] };
    return aTask({ path: childPath(parent.path, randomBytes(16)), agent: "helper", delegated });
  };
  const open = (
    parent: Task,
    { task, event }: ReturnType<typeof aTask>,
    changed: Partial<DelegationUse> = {},
  ): Promise<Opened> =>
    store().tasks.open(task, event, aUse(), undefined, {
      parent: parent.path,
      hash: "hash-d",
      agent: agentId("helper"),
      ...changed,
    });

  describe("delegations", () => {
    it("are added with their event, and used or expired ones are removed", async () => {
      let task = await store().opened();
      for (const [hash, spent] of [
        ["a", []],
        ["b-_", ["never there"]],
        ["c", ["a", "b-_"]],
      ] as const) {
        await store().tasks.addDelegation(task, given({ hash }), spent, eventOn(task, "delegation.issued"));
        task = await store().reread(task);
      }
      expect(task.delegations).toEqual([given({ hash: "c" })]);
      expect(await store().events(task.path)).toHaveLength(4);
    });

    it("are removed one by one, and a removed one opens nothing", async () => {
      let task = await delegating();
      await store().tasks.addDelegation(task, given({ hash: "other" }), [], eventOn(task, "delegation.issued"));
      for (const hash of ["hash-d", "never there"]) {
        task = await store().reread(task);
        await store().tasks.removeDelegation(task, hash, eventOn(task, "delegation.revoked"));
      }
      expect((await store().reread(task)).delegations).toEqual([given({ hash: "other" })]);
      await expect(open(task, aChild(task))).rejects.toEqual(refused("delegation_token_invalid"));
      const late = store().tasks.removeDelegation(task, "other", eventOn(task, "delegation.revoked"));
      await expect(late).rejects.toEqual(refused("contended"));
    });

    it("are found in the list of tokens that live until they are removed, and in no list where they are not listed", async () => {
      const task = await delegating(given({ listed: true }));
      const find = () => store().tasks.findToken(task.path, "hash-d");
      expect(await find()).toEqual({ agent: "helper" });
      expect(await store().tasks.findToken(task.path, "another")).toBeUndefined();
      await store().tasks.removeDelegation(task, "hash-d", eventOn(task, "delegation.revoked"));
      expect(await find()).toBeUndefined();
      const other = await delegating();
      expect(await store().tasks.findToken(other.path, "hash-d")).toBeUndefined();
    });

    it("open nothing once they were removed, even if somebody has written the delegation into the record anew", async () => {
      const listed = { listed: true } as const;
      const parent = await delegating(given(listed));
      await store().tasks.removeDelegation(parent, "hash-d", eventOn(parent, "delegation.revoked"));
      const current = await store().reread(parent);
      await store().tasks.addDelegation(current, given(), [], eventOn(current, "delegation.issued"));
      await expect(open(parent, aChild(parent), listed)).rejects.toEqual(refused("delegation_token_invalid"));
      const alive = await delegating(given(listed));
      expect(await open(alive, aChild(alive), listed)).toEqual({ opened: true });
    });

    it("are refused where the task was changed meanwhile", async () => {
      const task = await store().opened();
      await store().tasks.end(task, ENDING, eventOn(task, "task.ended"));
      const late = store().tasks.addDelegation(task, given(), [], eventOn(task, "delegation.issued"));
      await expect(late).rejects.toEqual(refused("contended"));
    });
  });

  describe("opening a task below another", () => {
    it("uses up its delegation, and the parent records its use and its details", async () => {
      const parent = await delegating();
      const child = aChild(parent);
      expect(await open(parent, child)).toEqual({ opened: true });
      expect(await store().reread(child.task)).toEqual(child.task);
      const { details: _, ...rest } = given();
      expect(await store().reread(parent)).toEqual({
        ...parent,
        delegations: [{ ...rest, child: child.task.path, usedAt: NOW }],
      });
      expect(await store().tasks.below(parent.path)).toEqual([child.task.path]);
    });

    it.each<readonly [string, Partial<Delegation>, Partial<DelegationUse>]>([
      ["unknown", {}, { hash: "another" }],
      ["another agent's", { agent: agentId("somebody") }, {}],
      ["expired", { expiresAt: NOW }, {}],
      ["of another task", {}, { parent: rootPath(randomBytes(32)) }],
    ])("is refused where the delegation is %s, and nothing is written", async (_, delegation, changed) => {
      const parent = await delegating(given(delegation));
      const child = aChild(parent);
      await expect(open(parent, child, changed)).rejects.toEqual(refused("delegation_token_invalid"));
      expect(await store().tasks.read(child.task.path)).toBeUndefined();
      expect(await store().tasks.below(parent.path)).toEqual([]);
      expect(await store().reread(parent)).toEqual(parent);
    });

    it("happens once, even if somebody has written the delegation into the parent anew", async () => {
      const parent = await delegating();
      await open(parent, aChild(parent));
      for (const isGone of [false, true]) {
        let task = await store().reread(parent);
        if (isGone) await store().tasks.removeDelegation(task, "hash-d", eventOn(task, "delegation.revoked"));
        task = await store().reread(parent);
        await store().tasks.addDelegation(task, given(), [], eventOn(task, "delegation.issued"));
        await expect(open(parent, aChild(parent))).rejects.toEqual(refused("delegation_token_invalid"));
      }
    });

    it("is refused once the parent has ended", async () => {
      const parent = await delegating();
      await store().tasks.end(parent, ENDING, eventOn(parent, "task.ended"));
      await expect(open(parent, aChild(parent))).rejects.toEqual(refused("delegation_token_invalid"));
    });

    it("happens once for a delegation, though many try at the same moment", async () => {
      const parent = await delegating();
      const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => open(parent, aChild(parent))));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      await expect(open(parent, aChild(parent))).rejects.toEqual(refused("delegation_token_invalid"));
    });

    it("returns the first child where the request is repeated under its key, and may replace it by another", async () => {
      const parent = await delegating();
      const use: DelegationUse = { parent: parent.path, hash: "hash-d", agent: agentId("helper") };
      const [first, second, third] = [aChild(parent), aChild(parent), aChild(parent)];
      const key = aKey(first.task);
      await store().tasks.open(first.task, first.event, aUse(), key, use);
      const again = store().tasks.open(second.task, second.event, aUse(), key, use);
      expect(await again).toEqual({ repeats: first.task.path });
      const replaced = { ...key, replaces: first.task.path };
      expect(await store().tasks.open(third.task, third.event, aUse(), replaced, use)).toEqual({ opened: true });
      expect((await store().reread(parent)).delegations).toMatchObject([{ child: third.task.path }]);
    });

    it("replaces no child that was handed out, unless whoever handed it out takes that back", async () => {
      const parent = await delegating();
      const use: DelegationUse = { parent: parent.path, hash: "hash-d", agent: agentId("helper") };
      const [first, second] = [aChild(parent), aChild(parent)];
      const key = aKey(first.task, { key: "handed-out" });
      await store().tasks.open(first.task, first.event, aUse(), key, use);
      const other = store().tasks.confirm(second.task.path, [], [], key);
      await expect(other).rejects.toEqual(refused("task_ended"));
      await store().tasks.confirm(first.task.path, [], [], key);
      const replace = () =>
        store().tasks.open(second.task, second.event, aUse(), { ...key, replaces: first.task.path }, use);
      await expect(replace()).rejects.toEqual(refused("task_ended"));
      expect(await store().tasks.read(second.task.path)).toBeUndefined();
      await store().tasks.unanswer(second.task.path, key);
      await expect(replace()).rejects.toEqual(refused("task_ended"));
      await store().tasks.unanswer(first.task.path, key);
      await store().tasks.answer(second.task.path, key);
      await store().tasks.answer(first.task.path, { ...key, key: "unbound" });
      expect(await replace()).toEqual({ opened: true });
      await store().tasks.answer(second.task.path, key);
      const third = aChild(parent);
      const replaced = { ...key, replaces: second.task.path };
      const next = store().tasks.open(third.task, third.event, aUse(), replaced, { ...use, hash: "hash-e" });
      await expect(next).rejects.toEqual(refused("task_ended"));
    });

    it("does not overwrite a sibling of the same path", async () => {
      const parent = await delegating();
      const child = aChild(parent);
      await open(parent, child);
      const reread = await store().reread(parent);
      const other = given({ hash: "other" });
      await store().tasks.addDelegation(reread, other, [], eventOn(reread, "delegation.issued"));
      const conflicting = open(parent, { ...child, task: { ...child.task, purpose: "another" } }, { hash: "other" });
      await expect(conflicting).rejects.toEqual(refused("contended"));
      expect((await store().reread(child.task)).purpose).toBe("a report");
      expect((await store().reread(parent)).delegations).toContainEqual(other);
    });
  });
}
