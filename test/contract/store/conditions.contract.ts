import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { HeldCondition } from "../../../functions/core/conditions/held-condition.ts";
import { EMPTY_CHAIN, linkEvent } from "../../../functions/core/journal/event.ts";
import { rootPath } from "../../../functions/core/task-path.ts";
import { NOW } from "../../fakes/samples/task.ts";
import { aSignIn, refused, type TestedStore } from "./tested-store.ts";

const event = (type: "condition.tightened" | "condition.loosened") =>
  linkEvent(EMPTY_CHAIN, rootPath(randomBytes(32)), type, NOW * 1_000, { by: "staff|alice" });

/** Contract of the conditions of the world: each setting is an item of its own, with its end in the key. */
export function conditionsContract(store: () => TestedStore): void {
  const conditions = () => store().setConditions;
  const aFreeze = (): HeldCondition => ({
    ...{ name: `freeze-${randomBytes(4).toString("hex")}`, scope: "team:a #1", until: NOW + 600, at: NOW },
    ...{ by: "staff|alice", reason: "a drill" },
  });
  const listed = async (name: string, kind: "restricts" | "permits" = "restricts") =>
    (await conditions().list(kind, NOW)).filter((each) => each.name === name);

  describe.each(["restricts", "permits"] as const)("a condition that %s", (kind) => {
    it("is listed with its event until it is removed, and only among its kind", async () => {
      const [freeze, set, removed] = [aFreeze(), event("condition.tightened"), event("condition.loosened")];
      await conditions().set(kind, freeze, set);
      expect(await listed(freeze.name, kind)).toEqual([freeze]);
      expect(await listed(freeze.name, kind === "permits" ? "restricts" : "permits")).toEqual([]);
      await conditions().remove(kind, [freeze], removed);
      expect(await listed(freeze.name, kind)).toEqual([]);
      for (const each of [set, removed]) expect(await store().events(each.of)).toEqual([each]);
    });

    it("is not shortened by a later setting of the same place", async () => {
      const freeze = aFreeze();
      const shorter = { ...freeze, until: NOW + 60, reason: "shorter" };
      for (const each of [freeze, shorter]) await conditions().set(kind, each, event("condition.tightened"));
      expect(await listed(freeze.name, kind)).toEqual(expect.arrayContaining([freeze, shorter]));
    });

    it("is listed until its end", async () => {
      const freeze = aFreeze();
      await conditions().set(kind, freeze, event("condition.tightened"));
      const names = async (at: number) => (await conditions().list(kind, at)).map(({ name }) => name);
      expect(await names(freeze.until - 0.5)).toContain(freeze.name);
      for (const at of [freeze.until, freeze.until + 1]) expect(await names(at)).not.toContain(freeze.name);
    });

    it("takes another reason for the same end", async () => {
      const freeze = aFreeze();
      for (const reason of ["a drill", "no drill"])
        await conditions().set(kind, { ...freeze, reason }, event("condition.tightened"));
      expect(await listed(freeze.name, kind)).toEqual([{ ...freeze, reason: "no drill" }]);
    });

    it("is not set by an event that the journal has already, as an event of the bus that comes again", async () => {
      const [freeze, set] = [aFreeze(), event("condition.tightened")];
      await conditions().set(kind, freeze, set);
      await conditions().set(kind, { ...freeze, until: NOW + 900 }, set);
      expect(await listed(freeze.name, kind)).toEqual([freeze]);
      expect(await store().events(set.of)).toEqual([set]);
    });

    it("is neither set nor removed by a sign-in that was used", async () => {
      const [freeze, signIn] = [aFreeze(), aSignIn()];
      await conditions().set(kind, freeze, event("condition.loosened"), signIn);
      await expect(conditions().remove(kind, [freeze], event("condition.loosened"), signIn)).rejects.toEqual(
        refused("sign_in_used"),
      );
      expect(await listed(freeze.name, kind)).toEqual([freeze]);
      const other = { ...freeze, scope: "hub" as const };
      await expect(conditions().set(kind, other, event("condition.loosened"), signIn)).rejects.toEqual(
        refused("sign_in_used"),
      );
      expect(await listed(freeze.name, kind)).toEqual([freeze]);
    });
  });
}
