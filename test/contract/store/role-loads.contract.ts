import { describe, expect, it } from "vitest";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { noLoad } from "../../../functions/core/revocation/load.ts";
import type { TestedStore } from "./tested-store.ts";

let roles = 0;

/** A role of this case alone. */
function aRole() {
  roles += 1;
  return { account: accountId("111122223333"), role: `valetkey-task-load-${roles}` };
}

/** Contract of what the reconciler reports about roles, and the sweep about live tasks. */
export function roleLoadsContract(store: () => TestedStore): void {
  describe("the writes of a role's revocation policy", () => {
    it("have no success before the first report", async () => {
      expect(await store().freshLoads().writes(aRole())).toEqual({ succeededAtMs: 0 });
    });

    it("have the moment of the load as their last success, which an older report does not set back", async () => {
      const role = aRole();
      await store().freshLoads().report(role, noLoad(20_000));
      await store().freshLoads().report(role, noLoad(10_000));
      expect(await store().freshLoads().writes(role)).toEqual({ succeededAtMs: 20_000 });
    });

    it("have their first failure since then, until the next success", async () => {
      const role = aRole();
      await store().freshLoads().report(role, noLoad(10_000));
      await store().freshLoads().reportFailure(role, 12_000);
      await store().freshLoads().reportFailure(role, 15_000);
      expect(await store().freshLoads().writes(role)).toEqual({ succeededAtMs: 10_000, failingSinceMs: 12_000 });
      await store().freshLoads().report(role, noLoad(16_000));
      expect(await store().freshLoads().writes(role)).toEqual({ succeededAtMs: 16_000 });
    });

    it("have a failure without any success", async () => {
      const role = aRole();
      await store().freshLoads().reportFailure(role, 12_000);
      expect(await store().freshLoads().writes(role)).toEqual({ succeededAtMs: 0, failingSinceMs: 12_000 });
    });

    it("ignore a failure from before the last success, which another process reports late", async () => {
      const role = aRole();
      await store().freshLoads().report(role, noLoad(20_000));
      await store().freshLoads().reportFailure(role, 19_000);
      expect(await store().freshLoads().writes(role)).toEqual({ succeededAtMs: 20_000 });
    });

    it("have each success right after a failure of the same process, however soon it comes", async () => {
      const [role, loads] = [aRole(), store().freshLoads()];
      await loads.report(role, noLoad(10_000));
      await loads.reportFailure(role, 10_500);
      await loads.report(role, noLoad(11_000));
      expect(await store().freshLoads().writes(role)).toEqual({ succeededAtMs: 11_000 });
    });
  });

  it("the number of live tasks is the one that was reported last", async () => {
    for (const count of [7, 7, 3, 0]) {
      await store().freshLoads().reportLiving(count);
      expect(await store().freshLoads().living()).toBe(count);
    }
  });
}
