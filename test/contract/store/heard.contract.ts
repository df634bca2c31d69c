import { describe, expect, it } from "vitest";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import type { TestedStore } from "./tested-store.ts";

/** Contract of the record of accounts in which calls were recorded. */
export function heardContract(store: () => TestedStore): void {
  describe("accounts with recorded calls", () => {
    it("are listed with the time of a call, each once, however many calls come within the hour", async () => {
      const { heard } = store();
      const before = Math.floor(Date.now() / 1_000);
      await heard.hear([accountId("111122223333"), accountId("444455556666"), accountId("111122223333")]);
      const [first, all] = [await heard.all(), await heard.all()];
      await heard.hear([accountId("111122223333")]);
      expect(await heard.all()).toEqual(first);
      expect(all.get("777788889999")).toBeUndefined();
      for (const account of ["111122223333", "444455556666"]) {
        expect(first.get(account)).toBeGreaterThanOrEqual(before);
        expect(first.get(account)).toBeLessThanOrEqual(Date.now() / 1_000);
      }
    });
  });
}
