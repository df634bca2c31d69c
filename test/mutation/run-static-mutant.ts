import type { OwnRun } from "./in-process-runner.ts";
import { failureOf, loadTests } from "./load-tests.ts";

// Before anything is imported that was instrumented.
Object.assign(globalThis, { __stryker__: { activeMutant: process.argv[2] } });
process.stdout.write(JSON.stringify(await ran()));

async function ran(): Promise<OwnRun> {
  const all = await loadTests();
  for (const [index, test] of all.entries()) {
    const failureMessage = await failureOf(test);
    if (failureMessage !== undefined) return { killedBy: test.id, failureMessage, tests: index + 1 };
  }
  return { tests: all.length };
}
