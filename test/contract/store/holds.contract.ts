import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  HOLDS_READ,
  type Hold,
  type Keys,
  type LabelPlace,
  UNTIL_REVOKED,
} from "../../../functions/core/holds/holds.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import type { ConnectorLease } from "../../../functions/core/tasks/connector-lease.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import { aLease, aTask, aUse, ENDING, eventOn, NOW } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

const aPlace = (): LabelPlace => ({
  ...{ label: "payroll", scope: "agent" },
  holder: `agent-${randomBytes(4).toString("hex")}`,
});

/** Contract of holds: a label is held by the transaction that records keys, until the latest fence of any. */
export function holdsContract(store: () => TestedStore): void {
  const open = async (place: LabelPlace, fenceAt: number): Promise<Hold> => {
    const { task, event } = aTask();
    const hold = { ...place, fenceAt, task: task.path };
    await store().tasks.open(task, event, aUse(), undefined, undefined, { holds: [hold] });
    return hold;
  };
  const fenceOf = async (place: LabelPlace) => (await store().holds.latest(place))[0]?.fenceAt;

  describe("a label", () => {
    it("is not held before any key, and is held until the latest fence, whichever was written last", async () => {
      const place = aPlace();
      expect(await fenceOf(place)).toBeUndefined();
      for (const fenceAt of [NOW + 900, NOW + 60, NOW + 300]) await open(place, fenceAt);
      expect(await fenceOf(place)).toBe(NOW + 900);
      for (const other of [{ label: "egress" }, { holder: "somebody" }, { scope: "person" }] as const)
        expect(await fenceOf({ ...place, ...other })).toBeUndefined();
    });

    it("is held by what others hold after one hold is released", async () => {
      const place = aPlace();
      await open(place, NOW + 300);
      const released = await open(place, NOW + 900);
      await store().holds.release([released]);
      expect(await fenceOf(place)).toBe(NOW + 300);
    });

    it("is held by a renewed key, with the renewal or not at all", async () => {
      const place = aPlace();
      const task = await store().opened();
      const hold = { ...place, fenceAt: NOW + 1_800, task: task.path };
      const renewed = aLease(0, { event: 2, fenceAt: NOW + 1_800 });
      await store().tasks.renew(task, renewed, eventOn(task), [hold]);
      expect(await fenceOf(place)).toBe(NOW + 1_800);
      const stale = store().tasks.renew(task, renewed, eventOn(task), [{ ...hold, fenceAt: NOW + 2_700 }]);
      await expect(stale).rejects.toEqual(refused("contended"));
      expect(await fenceOf(place)).toBe(NOW + 1_800);
    });

    it("is not held where the task is not opened", async () => {
      const [place, first] = [aPlace(), aTask()];
      const use = aUse();
      await store().tasks.open(first.task, first.event, use, undefined);
      const { task, event } = aTask();
      const replayed = store().tasks.open(task, event, use, undefined, undefined, {
        holds: [{ ...place, fenceAt: NOW + 900, task: task.path }],
      });
      await expect(replayed).rejects.toEqual(refused("token_replayed"));
      expect(await fenceOf(place)).toBeUndefined();
    });
  });

  describe("a label of connectors' leases", () => {
    const LEASES = ["postgres-1", "github-2"];
    const opened = async (place: LabelPlace, names: readonly string[] = LEASES, startedAt = NOW) => {
      const { task, event } = aTask();
      const connectorLeases = names.map((name) => planned(task.path, name, startedAt));
      const keys: Keys = { fenceAt: UNTIL_REVOKED, task: task.path, leases: { names, startedAt } };
      const whole = { ...task, connectorLeases };
      await store().tasks.open(whole, event, aUse(), undefined, undefined, { holds: [{ ...place, ...keys }] });
      return { task: whole, hold: { ...place, ...keys } };
    };
    const revoke = async ({ path }: Pick<Task, "path">, name: string) => {
      const task = await store().reread({ path });
      const lease = task.connectorLeases?.find((each) => each.name === name);
      if (lease) await store().tasks.recordRevoked(task, lease, eventOn(task, "lease.revoked"));
    };

    it("is held with the names of the leases, before every fence", async () => {
      const place = aPlace();
      await open(place, NOW + 900);
      const { hold } = await opened(place);
      await open(place, NOW + 86_400);
      const [first, ...others] = await store().holds.latest(place);
      expect(first).toEqual(hold);
      expect(others.map(({ fenceAt }) => fenceAt)).toEqual([NOW + 86_400, NOW + 900]);
    });

    it("ends with the last pending revocation, and leaves the moment behind", async () => {
      const place = aPlace();
      const { task, hold } = await opened(place);
      expect(await store().holds.end(hold, NOW + 60)).toBe(false);
      await revoke(task, "postgres-1");
      expect(await store().holds.end(hold, NOW + 60)).toBe(false);
      expect(await store().holds.latest(place)).toEqual([hold]);
      await revoke(task, "github-2");
      expect(await store().holds.end(hold, NOW + 60)).toBe(true);
      expect(await store().holds.latest(place)).toEqual([{ ...place, fenceAt: NOW + 60, task: task.path }]);
      // A second request, at the same moment.
      expect(await store().holds.end(hold, NOW + 60)).toBe(true);
      expect(await store().holds.latest(place)).toHaveLength(1);
    });

    it("does not end where the record of the task alone has the leases as revoked", async () => {
      const { task, hold } = await opened(aPlace(), ["postgres-1"]);
      await store().tasks.end(task, ENDING, eventOn(task, "task.ended"));
      expect(await store().holds.end(hold, NOW)).toBe(false);
    });

    it("of sessions never ends", async () => {
      const place = aPlace();
      const hold = await open(place, NOW + 900);
      expect(await store().holds.end(hold, NOW)).toBe(false);
      expect(await fenceOf(place)).toBe(NOW + 900);
    });

    it("is held by each issue, so that the end of an earlier one ends no later one", async () => {
      const place = aPlace();
      const { task, hold } = await opened(place, ["postgres-1"]);
      await revoke(task, "postgres-1");
      const now = await store().reread(task);
      const again: Keys = { ...hold, leases: { names: ["postgres-1"], startedAt: NOW + 11 } };
      const leases = [planned(task.path, "postgres-1", NOW + 11)];
      await store().tasks.reissue(now, leases, eventOn(now, "lease.renewed"), [{ ...place, ...again }]);
      expect(await store().holds.end(hold, NOW)).toBe(false);
      await revoke(task, "postgres-1");
      expect(await store().holds.end(hold, NOW)).toBe(true);
      expect((await store().holds.latest(place)).map(({ fenceAt }) => fenceAt)).toEqual([UNTIL_REVOKED, NOW]);
    });

    it("is not held where the further issue is not recorded", async () => {
      const place = aPlace();
      const { task } = await opened(aPlace(), ["postgres-1"]);
      await revoke(task, "postgres-1");
      const leases = [planned(task.path, "postgres-1", NOW + 11)];
      const hold = { ...place, fenceAt: UNTIL_REVOKED, task: task.path };
      const stale = store().tasks.reissue(task, leases, eventOn(task, "lease.renewed"), [hold]);
      await expect(stale).rejects.toEqual(refused("contended"));
      expect(await fenceOf(place)).toBeUndefined();
    });

    it("is released where nobody has the task", async () => {
      const place = aPlace();
      const { hold } = await opened(place);
      await store().holds.release([hold]);
      expect(await store().holds.latest(place)).toEqual([]);
    });

    it("has the latest holds read, and no more than are read at a time", async () => {
      const place = aPlace();
      for (let nth = 0; nth < HOLDS_READ + 2; nth += 1) await open(place, NOW + nth);
      const fences = (await store().holds.latest(place)).map(({ fenceAt }) => fenceAt - NOW);
      expect(fences).toEqual(Array.from({ length: HOLDS_READ }, (_, nth) => HOLDS_READ + 1 - nth));
    });
  });
}

const planned = (path: TaskPath, name: string, startedAt: number): ConnectorLease => ({
  ...{ name, path, startedAt, state: "issuing" },
  type: String(name.split("-")[0]),
  detail: Number(name.split("-")[1]),
  expiresAt: NOW + 900,
  made: {},
});
