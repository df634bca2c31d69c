import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { EMPTY_CHAIN, headOf, isWholeChain, type JournalEvent } from "../../../functions/core/journal/event.ts";
import { type PolicyWrite, policyWritten } from "../../../functions/core/revocation/policy-writes.ts";
import type { RoleRef } from "../../../functions/core/revocation/roles.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import { NOW, ROLE } from "../../fakes/samples/task.ts";
import type { TestedStore } from "./tested-store.ts";

/** Contract of the record of policy writes, which shows when an ending reached IAM. */
export function policyWritesContract(store: () => TestedStore): void {
  /** Records a write after the last event of the role's journal. */
  const note = async (role: RoleRef, write: PolicyWrite): Promise<JournalEvent> => {
    const last = await store().policyWrites.last(role);
    const event = policyWritten(last ? headOf(last) : EMPTY_CHAIN, role, write);
    await store().policyWrites.append(role, event);
    return event;
  };

  describe("the writes of a role's policy", () => {
    const at = (ms: number): PolicyWrite => ({
      snapshotAtMs: NOW * 1_000 + ms,
      writtenAtMs: NOW * 1_000 + ms + 40,
      form: "list",
      sha256: "0123456789abcdef",
      endings: ["k7f3m2q9x4ab.", "k7f3m2q9x4ab.c1x9."].map((path) => path as TaskPath),
    });

    it("are found by the beginnings of their snapshots, in order", async () => {
      for (const ms of [2_000, 0, 1_000]) await note(ROLE, at(ms));
      await note({ ...ROLE, role: "valetkey-task-10" }, at(500));
      const since = (ms: number, most = 5) => store().policyWrites.after(ROLE, NOW * 1_000 + ms, most);
      expect(await since(-1)).toEqual([at(0), at(1_000), at(2_000)]);
      expect(await since(-1, 2)).toEqual([at(0), at(1_000)]);
      expect(await since(0)).toEqual([at(1_000), at(2_000)]);
      expect(await since(1_999)).toEqual([at(2_000)]);
      expect(await since(2_000)).toEqual([]);
    });

    it("are found among hundreds, at any place, even where two overlapping writers swapped their order", async () => {
      const role = { ...ROLE, role: "valetkey-task-8" };
      const swapped = (n: number) => (n % 50 === 7 ? n + 3 : n % 50 === 10 ? n - 3 : n);
      await store().written(async ({ policyWrites }) => {
        let head = EMPTY_CHAIN;
        for (let n = 0; n < 400; n += 1) {
          const event = policyWritten(head, role, at(swapped(n) * 5_000));
          await policyWrites.append(role, event);
          head = headOf(event);
        }
      });
      for (const n of [-1, 0, 6, 7, 8, 9, 10, 59, 60, 61, 200, 206, 209, 338, 339, 340, 398, 399, 400]) {
        const found = await store().policyWrites.after(role, NOW * 1_000 + n * 5_000, 3);
        const wanted = [n + 1, n + 2, n + 3].filter((each) => each < 400).map((each) => at(each * 5_000));
        expect(found, String(n)).toEqual(wanted);
      }
    });

    it("record which endings they deny by the time alone", async () => {
      const role = { ...ROLE, role: "valetkey-task-7" };
      const write = { ...at(0), form: "cut", byTimeAlone: ["k7f3m2q9x4ab." as TaskPath] } as const;
      await note(role, write);
      expect(await store().policyWrites.after(role, NOW * 1_000 - 1, 5)).toEqual([write]);
    });
  });

  describe("the journal of a role's policy", () => {
    const role = { ...ROLE, role: "valetkey-task-11" };
    const at = (ms: number, more: Partial<PolicyWrite> = {}): PolicyWrite => ({
      ...{ snapshotAtMs: NOW * 1_000 + ms, writtenAtMs: NOW * 1_000 + ms + 40, form: "cut" },
      ...{ endings: ["k7f3m2q9x4ab." as TaskPath], sha256: "abc", startedBefore: NOW - 15, ...more },
    });

    it("ends with the event of the last recorded write, and has one chain", async () => {
      expect(await store().policyWrites.last(role)).toBeUndefined();
      const events: JournalEvent[] = [];
      // The tenth event follows the ninth, and a clock that is behind changes no order.
      for (let n = 0; n < 12; n += 1) {
        events.push(await note(role, at(n === 11 ? -5_000 : n * 500)));
        expect(await store().policyWrites.last(role)).toEqual(events.at(-1));
      }
      expect(isWholeChain(events)).toBe(true);
      expect(events.at(-1)).toMatchObject({ of: `${role.account}/${role.role}`, n: 12, at: NOW * 1_000 - 4_960 });
    });

    it("accepts no second event of a number, and then records no write either", async () => {
      const event = await note(role, at(60_000));
      const other = policyWritten({ n: event.n - 1, hash: event.previous }, role, at(61_000));
      await expect(store().policyWrites.append(role, other)).rejects.toMatchObject({ code: "contended" });
      expect(await store().policyWrites.last(role)).toEqual(event);
      expect(await store().policyWrites.after(role, NOW * 1_000 + 60_500, 5)).toEqual([]);
    });
  });

  describe("observations of probes", () => {
    const path = "obs3rved0000." as TaskPath;
    const watched = { ...ROLE, path, agent: agentId("demo"), endedAtMs: NOW * 1_000 };
    const denied = { status: "denied", answeredAtMs: NOW * 1_000 + 750, deniedAtMs: NOW * 1_000 + 1_000 } as const;

    it("are found by the task, for each role the first, and are no writes of a policy", async () => {
      const { observations, policyWrites } = store();
      expect(await observations.of(path)).toEqual([]);
      await observations.record(watched, denied);
      await observations.record(watched, { status: "not_observed", answeredAtMs: NOW * 1_000 + 60_000 });
      const other = { account: ROLE.account, role: "valetkey-task-9" };
      await observations.record({ ...watched, ...other }, { status: "at_most", deniedAtMs: NOW * 1_000 + 80 });
      const child = `${path}c1x9_` as TaskPath;
      await observations.record({ ...watched, path: child }, { status: "at_most", deniedAtMs: NOW * 1_000 });
      expect(await observations.of(path)).toEqual([
        { role: ROLE, observation: denied },
        { role: other, observation: { status: "at_most", deniedAtMs: NOW * 1_000 + 80 } },
      ]);
      expect(await observations.of("another00000." as TaskPath)).toEqual([]);
      expect(await policyWrites.after(other, 0, 50)).toEqual([]);
    });
  });
}
