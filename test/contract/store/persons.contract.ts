import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { EMPTY_CHAIN, linkEvent } from "../../../functions/core/journal/event.ts";
import type { OnBehalf } from "../../../functions/core/people/on-behalf.ts";
import { childPath, rootPath } from "../../../functions/core/task-path.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import { aTask, aUse, ENDING, eventOn, NOW } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

/** Contract of people's tasks: who has which, and up to which moment a person's tokens are void. */
export function personsContract(store: () => TestedStore): void {
  const somebody = (changed: Partial<OnBehalf> = {}): OnBehalf => ({
    ...{ issuer: "staff", value: randomUUID(), groups: [], isFirst: false, provenAt: NOW - 10 },
    ...changed,
  });
  const cut = (person: OnBehalf, deadUntil: number) => {
    const root = rootPath(randomBytes(32));
    const event = linkEvent(EMPTY_CHAIN, root, "person.tasks_ended", NOW * 1_000, { by: "staff|alice" });
    return { event, done: store().tasks.cut(person, { deadUntil, by: "staff|alice" }, event) };
  };

  describe("tasks of a person", () => {
    it("are listed with those below them, ended ones too, and apart from all other people's", async () => {
      const onBehalf = somebody();
      const root = await store().opened({ onBehalf });
      const child = await store().opened({ onBehalf, path: childPath(root.path, randomBytes(32)) });
      await store().opened({ onBehalf: somebody({ value: onBehalf.value, issuer: "partners" }) });
      await store().opened({ onBehalf: somebody({ value: `${onBehalf.value}|` }) });
      await store().opened();
      await store().tasks.end(child, ENDING, eventOn(child, "task.ended"));
      const entries = [root, child].map(({ path, agent }) => ({ path, agent, provenAt: NOW - 10 }));
      expect(await store().tasks.openedFor(onBehalf)).toEqual(entries);
      expect(await store().tasks.openedFor(somebody())).toEqual([]);
    });

    it("end with the person's tokens up to a moment, and only later tokens open new ones", async () => {
      const onBehalf = somebody();
      const task = await store().opened({ onBehalf });
      const { event, done } = cut(onBehalf, NOW - 10);
      expect(await done).toBe(true);
      expect(await store().events(event.of)).toEqual([event]);
      expect(await store().tasks.isAlive(task)).toBe(false);
      await expect(store().opened({ onBehalf })).rejects.toEqual(refused("person_ended"));
      expect(await store().tasks.openedFor(onBehalf)).toHaveLength(1);
      const later = await store().opened({ onBehalf: { ...onBehalf, provenAt: NOW - 9 } });
      expect(await store().tasks.isAlive(later)).toBe(true);
      expect(await store().tasks.isAlive(await store().opened({ onBehalf: somebody() }))).toBe(true);
      expect(await store().tasks.isAlive(await store().opened())).toBe(true);
    });

    it("use up no token where they are refused", async () => {
      const onBehalf = somebody();
      await cut(onBehalf, NOW).done;
      const use = aUse();
      const open = async (changed: object) => {
        const { task, event } = aTask(changed);
        return store().tasks.open(task, event, use, undefined);
      };
      await expect(open({ onBehalf })).rejects.toEqual(refused("person_ended"));
      expect(await open({})).toEqual({ opened: true });
    });

    it("keep the latest moment: an earlier one is not recorded, and has no event", async () => {
      const onBehalf = somebody();
      expect(await cut(onBehalf, NOW - 5).done).toBe(true);
      for (const deadUntil of [NOW - 5, NOW - 20]) {
        const { event, done } = cut(onBehalf, deadUntil);
        expect(await done).toBe(false);
        expect(await store().events(event.of)).toEqual([]);
      }
      await expect(store().opened({ onBehalf: { ...onBehalf, provenAt: NOW - 6 } })).rejects.toEqual(
        refused("person_ended"),
      );
      expect(await cut(onBehalf, NOW - 4.5).done).toBe(true);
      await expect(store().opened({ onBehalf: { ...onBehalf, provenAt: NOW - 4.6 } })).rejects.toEqual(
        refused("person_ended"),
      );
    });

    it("are listed as being ended until that is done, and an earlier ending never closes a later one", async () => {
      const person = somebody({ value: `a|b ${randomUUID()}` });
      const open = async () =>
        (await store().tasks.openPersonEndings()).filter((each) => each.person.value === person.value);
      await cut(person, NOW - 5).done;
      const ending = { person: { issuer: "staff", value: person.value }, deadUntil: NOW - 5, by: "staff|alice" };
      expect(await open()).toEqual([ending]);
      await cut(person, NOW).done;
      await store().tasks.closePersonEnding(ending);
      expect(await open()).toEqual([{ ...ending, deadUntil: NOW }]);
      await store().tasks.closePersonEnding({ ...ending, deadUntil: NOW });
      await store().tasks.closePersonEnding({ ...ending, deadUntil: NOW });
      expect(await open()).toEqual([]);
    });

    const prolonged = (task: Task, changed: Partial<Task> = {}) => {
      const onBehalf = { ...somebody(), ...task.onBehalf, groups: ["staff|later"], freshAt: NOW };
      const later = { ...task, onBehalf, expiresAt: task.expiresAt + 600, seal: "another", ...changed };
      return { later, done: (use = aUse()) => store().tasks.prolong(later, eventOn(task, "task.prolonged"), use) };
    };

    it("are prolonged by a fresh proof, which is used once", async () => {
      const task = await store().opened({ onBehalf: somebody() });
      const { later, done } = prolonged(task);
      const use = aUse();
      await done(use);
      const read = await store().tasks.read(task.path);
      expect(read).toMatchObject({ onBehalf: later.onBehalf, expiresAt: later.expiresAt, seal: "another" });
      expect(read?.chain.n).toBe(task.chain.n + 1);
      // The sweep finds the deadline in the role's list.
      expect(await store().entryOf(task)).toMatchObject({ fenceAt: NOW + 900, expiresAt: later.expiresAt });
      // An ending of the person goes by the first proof.
      expect(await store().tasks.openedFor(later.onBehalf)).toMatchObject([{ path: task.path, provenAt: NOW - 10 }]);
      await expect(done()).rejects.toEqual(refused("contended"));
      const other = await store().opened({ onBehalf: somebody() });
      await expect(prolonged(other).done(use)).rejects.toEqual(refused("token_replayed"));
    });

    it("are not prolonged once the person or the task has ended, whatever the fresh proof", async () => {
      const task = await store().opened({ onBehalf: somebody() });
      await cut(prolonged(task).later.onBehalf, NOW - 10).done;
      await expect(prolonged(task).done()).rejects.toEqual(refused("person_ended"));
      const ended = await store().opened({ onBehalf: somebody() });
      await store().tasks.end(ended, ENDING, eventOn(ended, "task.ended"));
      await expect(prolonged(ended).done()).rejects.toEqual(refused("contended"));
      expect(await store().tasks.read(ended.path)).toMatchObject({ status: ENDING.status, expiresAt: ended.expiresAt });
    });
  });
}
