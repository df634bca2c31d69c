import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FunctionName } from "../../contract/names.ts";
import { ENDING_BOUNDS, TABLE_BOUNDS, WATCHING_BOUNDS } from "../../functions/adapters/dynamodb/table/table-bounds.ts";
import { WATCHING } from "../../functions/names.ts";
import { USE_BATCHES } from "../../infra/use-batches.ts";
import { deployedStacks, resourcesOf, resourceWhere } from "./deployed-stacks.ts";

/** Functions that end access. */
const ENDING: readonly FunctionName[] = ["tasks", "operate", "sweep", "intake", "reconcile", "revoke-leases"];
const handlerOf = (name: FunctionName): string =>
  readFileSync(new URL(`../../functions/${name}/handler.ts`, import.meta.url), "utf8");

describe("what watches makes way for what ends", () => {
  it("watching functions try the table once, ending functions longest, and neither holds a call longer than others", () => {
    expect([WATCHING_BOUNDS.attempts, TABLE_BOUNDS.attempts, ENDING_BOUNDS.attempts]).toEqual([1, 3, 8]);
    expect(ENDING_BOUNDS.wholeMs).toBe(TABLE_BOUNDS.wholeMs);
  });

  it.each(WATCHING.filter((name) => handlerOf(name).includes("VALETKEY_TABLE")))("%s tries the table once", (name) => {
    expect(handlerOf(name)).toContain("sdkTable(env.VALETKEY_TABLE, WATCHING_BOUNDS)");
  });

  it.each(ENDING)("%s tries the table longest", (name) => {
    expect(handlerOf(name)).toContain("httpTable(env.VALETKEY_TABLE, {}, ENDING_BOUNDS)");
  });

  it("observe has a bound on its invocations, by the mapping of its own queue and by its capacity", () => {
    const { hub } = deployedStacks();
    const mappings = resourcesOf(hub, "AWS::Lambda::EventSourceMapping").filter(({ FunctionName }) =>
      JSON.stringify(FunctionName).includes("observeFunction"),
    );
    expect(mappings).toMatchObject([
      { BatchSize: USE_BATCHES.size, ScalingConfig: { MaximumConcurrency: USE_BATCHES.atOnce } },
    ]);
    const observe = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", "valetkey-observe");
    // The rule of each hour has a run beside those of the queue, whose messages would fail without one.
    expect(observe.ReservedConcurrentExecutions).toBe(USE_BATCHES.atOnce + 1);
  });
});
