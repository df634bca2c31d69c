import { describe, expect, it } from "vitest";
import { EMPTY_CHAIN, headOf, isWholeChain, linkEvent } from "../../../functions/core/journal/event.ts";
import type { Panic, Panics } from "../../../functions/core/revocation/panic.ts";
import { NOW } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

/** Declares a panic, unless one is in force. */
export async function declarePanic(panics: Panics): Promise<Panic> {
  const latest = await panics.read();
  if (latest && latest.liftedAt === undefined) return latest;
  const event = linkEvent(latest?.chain ?? EMPTY_CHAIN, "*", "panic.declared", NOW * 1_000, {});
  const panic = { declaredAt: NOW, declaredBy: "staff|alice", reason: "a drill", chain: headOf(event) };
  await panics.change(panic, event);
  return panic;
}

/** Lifts the panic that is in force, if there is one. */
async function liftPanic(panics: Panics): Promise<Panic | undefined> {
  const latest = await panics.read();
  if (!latest || latest.liftedAt !== undefined) return latest;
  const event = linkEvent(latest.chain, "*", "panic.lifted", NOW * 1_000, {});
  const lifted = { ...latest, liftedAt: NOW, liftedBy: "staff|bob", chain: headOf(event) };
  await panics.change(lifted, event);
  return lifted;
}

/** Contract of the panic, which one writer at a time changes. The panic is not an agent in the list of the halted. */
export function haltsContract(store: () => TestedStore): void {
  describe("a panic", () => {
    it("is declared, lifted and declared anew, each by one writer, with its events in a chain of their own", async () => {
      const before = await liftPanic(store().panics);
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
      const latest = await liftPanic(store().panics);
      const event = linkEvent(latest?.chain ?? EMPTY_CHAIN, "*", "panic.declared", NOW * 1_000, {});
      const panic = { declaredAt: NOW, declaredBy: "staff|alice", reason: "a drill", chain: headOf(event) };
      const outcomes = await Promise.allSettled([1, 2, 3].map(() => store().panics.change(panic, event)));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    it("is declared by nobody while it is in force, and lifted once", async () => {
      const declared = await declarePanic(store().panics);
      const again = linkEvent(declared.chain, "*", "panic.declared", NOW * 1_000, {});
      const change = store().panics.change({ ...declared, chain: headOf(again) }, again);
      await expect(change).rejects.toEqual(refused("contended"));
      const event = linkEvent(declared.chain, "*", "panic.lifted", NOW * 1_000, {});
      const lifted = { ...declared, liftedAt: NOW, liftedBy: "staff|bob", chain: headOf(event) };
      const outcomes = await Promise.allSettled([1, 2, 3].map(() => store().panics.change(lifted, event)));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await store().panics.read()).toEqual(lifted);
    });
  });
}
