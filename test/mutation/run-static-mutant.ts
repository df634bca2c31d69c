import { readFileSync, writeSync } from "node:fs";
import { type OwnRun, RESULT } from "./in-process-runner.ts";
import { failureOf, loadTests } from "./load-tests.ts";

// Set before any instrumented module is imported.
Object.assign(globalThis, { __stryker__: { activeMutant: process.argv[2] } });
// Tests may print.
writeSync(RESULT, JSON.stringify(await ran()));

async function ran(): Promise<OwnRun> {
  // The order of the tests comes from the process that counts their kills.
  const order: readonly string[] = JSON.parse(readFileSync(0, "utf8"));
  const placeOf = new Map(order.map((id, place) => [id, place]));
  const all = (await loadTests()).toSorted((one, other) => (placeOf.get(one.id) ?? 0) - (placeOf.get(other.id) ?? 0));
  for (const [index, test] of all.entries()) {
    const failureMessage = await failureOf(test);
    if (failureMessage !== undefined) return { killedBy: test.id, failureMessage, tests: index + 1 };
  }
  return { tests: all.length };
}
