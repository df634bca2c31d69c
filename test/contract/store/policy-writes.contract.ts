import { describe, expect, it } from "vitest";
import { NOW, ROLE } from "../../../fakes/sample-task.ts";
import type { PolicyWrite } from "../../../functions/core/revocation/policy-writes.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import type { TestedStore } from "./tested-store.ts";

/** What shows when an ending reached IAM. */
export function policyWritesContract(store: () => TestedStore): void {
  describe("the writes of a role's policy", () => {
    const at = (ms: number): PolicyWrite => ({
      snapshotAtMs: NOW * 1_000 + ms,
      writtenAtMs: NOW * 1_000 + ms + 40,
      form: "list",
      characters: 190,
      digest: "0123456789abcdef",
      endings: ["k7f3m2q9x4ab.", "k7f3m2q9x4ab.c1x9."].map((path) => path as TaskPath),
    });

    it("are found by when their snapshots began, in their order", async () => {
      for (const ms of [2_000, 0, 1_000]) await store().policyWrites.append(ROLE, at(ms));
      await store().policyWrites.append({ ...ROLE, role: "valetkey-task-10" }, at(500));
      const since = (ms: number, most = 5) => store().policyWrites.after(ROLE, NOW * 1_000 + ms, most);
      expect(await since(-1)).toEqual([at(0), at(1_000), at(2_000)]);
      expect(await since(-1, 2)).toEqual([at(0), at(1_000)]);
      expect(await since(0)).toEqual([at(1_000), at(2_000)]);
      expect(await since(1_999)).toEqual([at(2_000)]);
      expect(await since(2_000)).toEqual([]);
    });

    it("say which endings they deny by the time alone", async () => {
      const role = { ...ROLE, role: "valetkey-task-7" };
      const write = { ...at(0), form: "cut", byTimeAlone: ["k7f3m2q9x4ab." as TaskPath] } as const;
      await store().policyWrites.append(role, write);
      expect(await store().policyWrites.after(role, NOW * 1_000 - 1, 5)).toEqual([write]);
    });
  });

  describe("what canaries met", () => {
    const path = "obs3rved0000." as TaskPath;
    const watched = { ...ROLE, path, agent: "demo", endedAtMs: NOW * 1_000 };
    const denied = { status: "denied", answeredAtMs: NOW * 1_000 + 750, deniedAtMs: NOW * 1_000 + 1_000 } as const;

    it("is found by the task, of each role the first, and is no write of a policy", async () => {
      const { observations, policyWrites } = store();
      expect(await observations.of(path)).toEqual([]);
      await observations.record(watched, denied);
      await observations.record(watched, { status: "not_observed", answeredAtMs: NOW * 1_000 + 60_000 });
      const other = { account: ROLE.account, role: "valetkey-task-9" };
      await observations.record({ ...watched, ...other }, { status: "at_most", deniedAtMs: NOW * 1_000 + 80 });
      const child = `${path}c1x9.` as TaskPath;
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
