import { describe, expect, it } from "vitest";
import type { PolicyWrite } from "../../../functions/core/ports.ts";
import type { TaskPath } from "../../../functions/core/tasks/path.ts";
import { NOW, ROLE, type TestedStore } from "./tested-store.ts";

/** What shows when an ending reached IAM. */
export function policyWritesContract(store: () => TestedStore): void {
  describe("the writes of a role's policy", () => {
    const at = (ms: number): PolicyWrite => ({
      snapshotAtMs: NOW * 1_000 + ms,
      writtenAtMs: NOW * 1_000 + ms + 40,
      form: "list",
      characters: 190,
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
  });
}
