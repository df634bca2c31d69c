import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { headOf } from "../../../functions/core/journal/event.ts";
import { renewedOver } from "../../../functions/core/revocation/role-entry.ts";
import { rootPath } from "../../../functions/core/task-path.ts";
import type { Presentation, SessionLease, Task } from "../../../functions/core/tasks/task.ts";
import { aLease, aTask, aUse, ENDING, eventOn, NOW, ROLE } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

/** Contract of changes of a live task, which fail where somebody else changed it meanwhile. */
export function changingContract(store: () => TestedStore): void {
  describe("confirming leases", () => {
    const issued = (lease: SessionLease): SessionLease => ({
      ...lease,
      state: "issued",
      accessKeyId: "ASIA1",
      issuedAt: NOW,
    });

    it("writes how the leases were issued, and leaves the others", async () => {
      const task = await store().opened({ leases: [aLease(0), aLease(1), aLease(2)] });
      await store().tasks.confirm(task.path, [issued(aLease(0)), issued(aLease(2))]);
      expect((await store().reread(task)).leases).toEqual([issued(aLease(0)), aLease(1), issued(aLease(2))]);
    });

    it("is refused once the task has ended", async () => {
      const task = await store().opened();
      await store().tasks.end(task, ENDING, eventOn(task, "task.ended"));
      await expect(store().tasks.confirm(task.path, [issued(aLease(0))])).rejects.toEqual(refused("task_ended"));
      expect((await store().reread(task)).leases).toEqual([aLease(0)]);
    });

    it("is refused for an issue that was renewed meanwhile, and then for all of them", async () => {
      const task = await store().opened({ leases: [aLease(0), aLease(1)] });
      await store().tasks.renew(task, aLease(0, { event: 2 }), eventOn(task));
      const late = store().tasks.confirm(task.path, [issued(aLease(0)), issued(aLease(1))]);
      await expect(late).rejects.toEqual(refused("contended"));
      expect((await store().reread(task)).leases).toEqual([aLease(0, { event: 2 }), aLease(1)]);
    });

    it("records that somebody may hold the task, even without a lease, so that it can no longer be withdrawn", async () => {
      const [task, other] = [await store().opened(), await store().opened({ leases: [] })];
      expect(task).not.toHaveProperty("confirmed");
      await store().tasks.confirm(task.path, [issued(aLease(0))]);
      await store().tasks.confirm(other.path, []);
      for (const each of [task, other]) {
        const withdrawing = { status: "withdrawn", endedAt: NOW } as const;
        const withdraw = (read: Task) => store().tasks.end(read, withdrawing, eventOn(read, "task.ended"));
        await expect(withdraw(each)).rejects.toEqual(refused("contended"));
        const held = await store().reread(each);
        expect(held).toMatchObject({ confirmed: true, status: "active", chain: each.chain });
        // Withdraws with knowledge of the confirmation, and of its failure.
        await withdraw(held);
        await expect(store().tasks.confirm(each.path, [])).rejects.toEqual(refused("contended"));
      }
    });

    it("blocks no other ending, whenever the task was read", async () => {
      const task = await store().opened();
      await store().tasks.confirm(task.path, [issued(aLease(0))]);
      await store().tasks.end(task, ENDING, eventOn(task, "task.ended"));
      expect((await store().reread(task)).status).toBe("completed");
    });

    it("is refused for a task that does not exist", async () => {
      const path = rootPath(randomBytes(32));
      await expect(store().tasks.confirm(path, [issued(aLease(0))])).rejects.toEqual(refused("task_ended"));
    });
  });

  describe("renewing a lease", () => {
    it("replaces the issue, with its event and its fence in the role", async () => {
      const task = await store().opened();
      const renewed = aLease(0, { event: 2, fenceAt: NOW + 1_800, startedAt: NOW + 900 });
      const event = eventOn(task);
      await store().tasks.renew(task, renewed, event);
      expect(await store().reread(task)).toEqual({ ...task, leases: [renewed], chain: headOf(event) });
      expect((await store().events(task.path)).at(-1)).toEqual(event);
      const times = { openedAt: NOW, startedAt: NOW + 900, fenceAt: NOW + 1_800, expiresAt: task.expiresAt };
      const entry = { path: task.path, agent: task.agent, ...times };
      expect(await store().entryOf(task, ROLE, NOW + 900)).toEqual(entry);
    });

    it("never moves a fence of the role back, by any clock and for any lease", async () => {
      const task = await store().opened({ leases: [aLease(0), aLease(1, { fenceAt: NOW + 1_200 })] });
      await store().tasks.renew(task, aLease(0, { event: 2, fenceAt: NOW + 600 }), eventOn(task));
      expect((await store().entryOf(task))?.fenceAt).toBe(NOW + 1_200);
    });

    it("repeatedly lists the latest state, and then the ending until its last fence has surely passed", async () => {
      let task = await store().opened();
      for (const after of [850, 1_700, 2_550]) {
        const at = { startedAt: NOW + after, fenceAt: NOW + after + 900 };
        await store().tasks.renew(task, aLease(0, { event: 2, ...at }), eventOn(task));
        task = await store().reread(task);
        expect(await store().entryOf(task, ROLE, NOW + after)).toMatchObject({ openedAt: NOW, ...at });
      }
      const endedAt = NOW + 2_560;
      await store().tasks.end(task, { ...ENDING, endedAt }, eventOn(task, "task.ended"));
      for (const after of [0, 900, 1_500]) {
        const seen = await store().entryOf(task, ROLE, endedAt + after);
        expect(seen).toMatchObject({ openedAt: NOW, fenceAt: NOW + 3_450, endedAt });
      }
      expect(await store().entryOf(task, ROLE, endedAt + 1_501)).toBeUndefined();
    });

    it("to an earlier fence keeps the later fence for the task's ending", async () => {
      const task = await store().opened({ leases: [aLease(0, { fenceAt: NOW + 900 })] });
      const before = aLease(0, { fenceAt: NOW + 900 });
      const renewed = renewedOver(before, aLease(0, { event: 2, fenceAt: NOW + 1 }));
      await store().tasks.renew(task, renewed, eventOn(task));
      const again = await store().reread(task);
      await store().tasks.end(again, ENDING, eventOn(again, "task.ended"));
      for (const at of [NOW + 5, NOW + 1_200])
        expect(await store().entryOf(task, ROLE, at)).toMatchObject({ fenceAt: NOW + 900, endedAt: NOW + 5 });
    });

    it("keeps the keys of all sessions before it", async () => {
      let task = await store().opened();
      for (const event of [1, 2, 3]) {
        const issued = aLease(0, { ...task.leases[0], state: "issued", event, accessKeyId: `ASIA${event}` });
        await store().tasks.confirm(task.path, [issued]);
        const renewed = renewedOver(issued, aLease(0, { event: event + 1 }));
        await store().tasks.renew(task, renewed, eventOn(task));
        task = await store().reread(task);
      }
      expect(task.leases[0]?.earlierKeyIds).toEqual(["ASIA1", "ASIA2", "ASIA3"]);
    });

    it("is refused where a key was recorded that it does not know, so that no key is lost", async () => {
      const task = await store().opened();
      const renewed = renewedOver(aLease(0), aLease(0, { event: 2 }));
      await store().tasks.confirm(task.path, [aLease(0, { state: "issued", accessKeyId: "ASIA1" })]);
      await expect(store().tasks.renew(task, renewed, eventOn(task))).rejects.toEqual(refused("contended"));
      expect((await store().reread(task)).leases[0]?.accessKeyId).toBe("ASIA1");
    });

    it.each(["changed", "ended"])("of a task that was %s meanwhile is refused, and nothing is written", async (how) => {
      const task = await store().opened();
      if (how === "changed") await store().tasks.addPresentation(task, presentation("p"), eventOn(task));
      else await store().tasks.end(task, ENDING, eventOn(task, "task.ended"));
      const before = await store().events(task.path);
      const late = store().tasks.renew(task, aLease(0, { event: 2, fenceAt: NOW + 5_000 }), eventOn(task));
      await expect(late).rejects.toEqual(refused("contended"));
      expect(await store().events(task.path)).toEqual(before);
      expect((await store().entryOf(task))?.fenceAt).toBe(NOW + 900);
    });
  });

  describe("further tokens", () => {
    it("are added with their event and with the use of the token that they were given for", async () => {
      const task = await store().opened();
      const use = aUse();
      await store().tasks.addToken(task, { hash: "hash-1", seal: "seal-1" }, eventOn(task, "task.token_issued"), use);
      expect((await store().reread(task)).tokens).toEqual([{ hash: "hash-0" }, { hash: "hash-1", seal: "seal-1" }]);
      const { task: other, event } = aTask();
      await expect(store().tasks.open(other, event, use, undefined)).rejects.toEqual(refused("token_replayed"));
    });

    it("are refused for a token that was used for something else, and nothing is written", async () => {
      const use = aUse();
      const { task: other, event } = aTask();
      await store().tasks.open(other, event, use, undefined);
      const task = await store().opened();
      const stolen = store().tasks.addToken(
        task,
        { hash: "hash-1", seal: "seal-1" },
        eventOn(task, "task.token_issued"),
        use,
      );
      await expect(stolen).rejects.toEqual(refused("token_replayed"));
      expect(await store().reread(task)).toEqual(task);
      expect(await store().events(task.path)).toHaveLength(1);
    });

    it("are refused where the task was changed meanwhile", async () => {
      const task = await store().opened();
      await store().tasks.end(task, ENDING, eventOn(task, "task.ended"));
      const late = store().tasks.addToken(
        task,
        { hash: "hash-1", seal: "seal-1" },
        eventOn(task, "task.token_issued"),
        aUse(),
      );
      await expect(late).rejects.toEqual(refused("contended"));
    });
  });

  const presentation = (hash: string): Presentation => ({
    hash,
    server: agentId("tickets"),
    expiresAt: NOW + 900,
    seal: "seal",
  });

  describe("presentations", () => {
    it("are added and removed one by one", async () => {
      let task = await store().opened();
      for (const hash of ["a", "b-_", "c"]) {
        await store().tasks.addPresentation(task, presentation(hash), eventOn(task, "presentation.issued"));
        task = await store().reread(task);
      }
      for (const hash of ["b-_", "never there"]) {
        await store().tasks.removePresentation(task, hash, eventOn(task, "presentation.revoked"));
        task = await store().reread(task);
      }
      const hashes = (await store().reread(task)).presentations.map(({ hash }) => hash);
      expect(hashes.sort()).toEqual(["a", "c"]);
    });

    it("are found in the list of tokens that live until they are removed, also one that the task was opened with", async () => {
      const listed = { ...presentation("a"), listed: true } as const;
      let task = await store().opened({ presentations: [listed] });
      await store().tasks.addPresentation(task, { ...listed, hash: "b" }, eventOn(task, "presentation.issued"));
      for (const hash of ["a", "b"]) {
        expect(await store().tasks.findToken(task.path, hash)).toEqual({ server: "tickets" });
        task = await store().reread(task);
        await store().tasks.removePresentation(task, hash, eventOn(task, "presentation.revoked"));
        expect(await store().tasks.findToken(task.path, hash)).toBeUndefined();
      }
    });

    it("are refused where the task was changed meanwhile", async () => {
      const task = await store().opened();
      await store().tasks.addPresentation(task, presentation("a"), eventOn(task, "presentation.issued"));
      const late = store().tasks.addPresentation(task, presentation("b"), eventOn(task, "presentation.issued"));
      await expect(late).rejects.toEqual(refused("contended"));
      const removed = store().tasks.removePresentation(task, "a", eventOn(task, "presentation.revoked"));
      await expect(removed).rejects.toEqual(refused("contended"));
      expect((await store().reread(task)).presentations).toEqual([presentation("a")]);
    });
  });
}
