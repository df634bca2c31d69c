import { describe, expect, it } from "vitest";
import type { PolicyWrite } from "../../../functions/core/ports.ts";
import { NOW, ROLE, type TestedStore } from "./tested-store.ts";

/** What shows when an ending reached IAM. */
export function policyWritesContract(store: () => TestedStore): void {
  describe("the writes of a role's policy", () => {
    const at = (ms: number): PolicyWrite => ({
      snapshotAtMs: NOW * 1_000 + ms,
      writtenAtMs: NOW * 1_000 + ms + 40,
      form: "list",
      characters: 190,
    });

    it("are found by what their snapshots have seen: the first that began after an ending", async () => {
      for (const ms of [2_000, 0, 1_000]) await store().policyWrites.append(ROLE, at(ms));
      await store().policyWrites.append({ ...ROLE, role: "valetkey-task-10" }, at(500));
      const firstAfter = (ms: number) => store().policyWrites.firstAfter(ROLE, NOW * 1_000 + ms);
      expect(await firstAfter(-1)).toEqual(at(0));
      // At the same moment is not after: it may have been read before.
      expect(await firstAfter(0)).toEqual(at(1_000));
      expect(await firstAfter(1_999)).toEqual(at(2_000));
      expect(await firstAfter(2_000)).toBeUndefined();
    });
  });
}
