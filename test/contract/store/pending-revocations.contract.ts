import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { headOf } from "../../../functions/core/journal/event.ts";
import { rootPath, type TaskPath } from "../../../functions/core/task-path.ts";
import type { ConnectorLease } from "../../../functions/core/tasks/connector-lease.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import { aLease, ENDING, eventOn, NOW } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

const planned = (path: TaskPath, name = "postgres-1", changed: Partial<ConnectorLease> = {}): ConnectorLease => ({
  name,
  type: "postgres",
  path,
  detail: Number(name.split("-")[1]),
  state: "issuing",
  startedAt: NOW,
  expiresAt: NOW + 900,
  made: { database: "orders", role: "vk_role" },
  ...changed,
});
const issued = (lease: ConnectorLease): ConnectorLease => ({ ...lease, state: "issued", sealed: "sealed-text" });

/**
 * Contract of leases that connectors issue. A record of the lease exists beside the task's, until the lease is known to
 * be gone.
 */
export function pendingRevocationsContract(store: () => TestedStore): void {
  const opened = (names: readonly string[] = ["postgres-1"], changed: Partial<Task> = {}): Promise<Task> => {
    const path = rootPath(randomBytes(32));
    return store().opened({ path, connectorLeases: names.map((name) => planned(path, name)), ...changed });
  };
  const recorded = ({ path }: Task, name = "postgres-1") => store().pendingRevocations.read({ path, name });
  const listed = async ({ path }: Task) =>
    (await store().pendingRevocations.list()).filter(({ lease }) => lease.path === path).map(({ lease }) => lease.name);

  describe("a connector's lease", () => {
    it("has a record of its own from the opening on, in one transaction with its task", async () => {
      const task = await opened(["postgres-1", "secret-2"]);
      expect(task.connectorLeases).toEqual([planned(task.path), planned(task.path, "secret-2")]);
      expect(await recorded(task)).toEqual({ lease: planned(task.path), confirmed: false });
      expect((await listed(task)).toSorted()).toEqual(["postgres-1", "secret-2"]);
    });

    it("has no record for a task without connectors", async () => {
      const task = await store().opened();
      expect(task).not.toHaveProperty("connectorLeases");
      expect(await listed(task)).toEqual([]);
    });

    it("is confirmed together with the sessions, in the task and in its own record", async () => {
      const task = await opened();
      const lease = issued(planned(task.path));
      await store().tasks.confirm(task.path, [{ ...aLease(0), state: "issued" }], [lease]);
      const own = await store().reread(task);
      expect([own.connectorLeases, own.leases]).toEqual([[lease], [{ ...aLease(0), state: "issued" }]]);
      expect(await recorded(task)).toEqual({ lease, confirmed: true });
    });

    it("is confirmed without a session", async () => {
      const task = await opened(["postgres-1"], { leases: [] });
      const lease = issued(planned(task.path));
      await store().tasks.confirm(task.path, [], [lease]);
      expect((await store().reread(task)).connectorLeases).toEqual([lease]);
    });

    it("is not confirmed once the task has ended, was withdrawn, or the lease was planned anew", async () => {
      const confirm = ({ path }: Task) => store().tasks.confirm(path, [], [issued(planned(path))]);
      const ended = await opened();
      await store().tasks.end(ended, ENDING, eventOn(ended, "task.ended"));
      await expect(confirm(ended)).rejects.toEqual(refused("task_ended"));
      expect(await recorded(ended)).toEqual({ lease: planned(ended.path), confirmed: false });

      const gone = await opened();
      await store().tasks.recordRevoked(gone, planned(gone.path), eventOn(gone));
      await expect(confirm(gone)).rejects.toEqual(refused("contended"));
      expect(await recorded(gone)).toBeUndefined();

      const anew = await opened();
      await store().tasks.reissue(anew, [planned(anew.path, "postgres-1", { startedAt: NOW + 11 })], eventOn(anew));
      await expect(confirm(anew)).rejects.toEqual(refused("contended"));
    });

    it("is planned anew, and stays marked as handed out where it was", async () => {
      const task = await opened();
      await store().tasks.confirm(task.path, [], [issued(planned(task.path))]);
      const again = planned(task.path, "postgres-1", { startedAt: NOW + 11, expiresAt: NOW + 600 });
      const event = eventOn(task);
      await store().tasks.reissue(task, [again], event);
      expect(await store().reread(task)).toEqual({
        ...{ ...task, confirmed: true },
        ...{ connectorLeases: [again], chain: headOf(event) },
      });
      expect(await recorded(task)).toEqual({ lease: again, confirmed: true });
      await expect(store().tasks.reissue(task, [again], eventOn(task))).rejects.toEqual(refused("contended"));
    });

    it("is planned anew after it was removed, and is then not marked as handed out", async () => {
      const task = await opened();
      await store().tasks.recordRevoked(task, planned(task.path), eventOn(task));
      const now = await store().reread(task);
      const again = planned(task.path, "postgres-1", { startedAt: NOW + 11 });
      await store().tasks.reissue(now, [again], eventOn(now));
      expect(await recorded(task)).toEqual({ lease: again, confirmed: false });
    });

    it("is removed with its event once it is known to be gone, from an ended task too, with the data for its revocation", async () => {
      const task = await opened(["postgres-1", "secret-2"]);
      const lease = issued(planned(task.path));
      await store().tasks.confirm(task.path, [], [lease]);
      await store().tasks.end(task, ENDING, eventOn(task, "task.ended"));
      const ended = await store().reread(task);
      const event = eventOn(ended);
      await store().tasks.recordRevoked(ended, lease, event);
      const { sealed: _, ...rest } = lease;
      expect((await store().reread(task)).connectorLeases).toEqual([
        { ...rest, state: "revoked", revokedAt: Math.floor(event.at / 1_000) },
        planned(task.path, "secret-2"),
      ]);
      expect((await store().events(task.path)).at(-1)).toEqual(event);
      expect(await listed(task)).toEqual(["secret-2"]);
    });

    it("stays where it was issued anew, or the task changed, before it was reported as gone", async () => {
      const task = await opened();
      await store().tasks.reissue(task, [planned(task.path, "postgres-1", { startedAt: NOW + 11 })], eventOn(task));
      const late = store().tasks.recordRevoked(task, planned(task.path), eventOn(task));
      await expect(late).rejects.toEqual(refused("contended"));
      const now = await store().reread(task);
      await expect(store().tasks.recordRevoked(now, planned(task.path), eventOn(now))).rejects.toEqual(
        refused("contended"),
      );
      expect(await recorded(task)).toMatchObject({ lease: { startedAt: NOW + 11 } });
    });

    it("is removed without its task, whether or not the task exists", async () => {
      const task = await opened();
      await store().pendingRevocations.forget({ path: task.path, name: "postgres-1" });
      await store().pendingRevocations.forget({ path: task.path, name: "postgres-1" });
      expect(await listed(task)).toEqual([]);
    });
  });
}
