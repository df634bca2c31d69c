import { describe, expect, it } from "vitest";
import { NOW } from "../../../fakes/sample-task.ts";
import { EMPTY_CHAIN, headOf, isWholeChain, linkEvent } from "../../../functions/core/journal/event.ts";
import type { Panic } from "../../../functions/core/revocation/panic.ts";
import { refused, type TestedStore } from "./tested-store.ts";

/**
 * Contract of the panic: one item, changed by one writer at a time. The panic is not an agent in the list of the
 * halted.
 */
export function haltsContract(store: () => TestedStore): void {
  describe("a panic", () => {
    it("is declared, lifted and declared anew, each by one writer, with its events in a chain of their own", async () => {
      const before = await store().panics.read();
      let chain = before?.chain ?? EMPTY_CHAIN;
      const next = (panic: Omit<Panic, "chain">, type: "panic.declared" | "panic.lifted") => {
        const event = linkEvent(chain, "*", type, NOW * 1_000, { by: "staff|alice" });
        return { panic: { ...panic, chain: headOf(event) }, event };
      };
      const declared = { declaredAt: NOW, declaredBy: "staff|alice", reason: "a drill" };
      const lifted = { ...declared, liftedAt: NOW + 60, liftedBy: "staff|bob" };
      for (const [panic, type] of [
        [declared, "panic.declared"],
        [lifted, "panic.lifted"],
        [{ ...declared, declaredAt: NOW + 90 }, "panic.declared"],
      ] as const) {
        const { panic: changed, event } = next(panic, type);
        await store().panics.change(changed, event);
        expect(await store().panics.read()).toEqual(changed);
        await expect(store().panics.change(changed, event)).rejects.toEqual(refused("contended"));
        chain = changed.chain;
      }
      expect(isWholeChain(await store().events("*"))).toBe(true);
      expect((await store().halts.list()).map(({ agent }) => agent)).not.toContain("*");
    });

    it("is written once of several at the same moment", async () => {
      const latest = await store().panics.read();
      const event = linkEvent(latest?.chain ?? EMPTY_CHAIN, "*", "panic.declared", NOW * 1_000, {});
      const panic = { declaredAt: NOW, declaredBy: "staff|alice", reason: "a drill", chain: headOf(event) };
      const outcomes = await Promise.allSettled([1, 2, 3].map(() => store().panics.change(panic, event)));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });
  });
}
