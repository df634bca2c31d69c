import { globSync } from "node:fs";
import { registerHooks } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type CollectedTest, collected } from "./collected-tests.ts";

/** Files whose tests are quick, find mutants, and leave nothing behind in the process. */
const FILES = [
  "test/unit/core/proof/*.test.ts",
  "test/unit/core/iam-facts/{lists,reach,tags}.test.ts",
  "test/mutation/few-worlds.test.ts",
];

const VITEST = new URL("./vitest.ts", import.meta.url).href;

/** Imports the test files of the working directory, with a `vitest` that only collects their tests. */
export async function loadTests(): Promise<readonly CollectedTest[]> {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "vitest" && context.parentURL !== VITEST
        ? { url: VITEST, shortCircuit: true }
        : next(specifier, context),
  });
  for (const file of FILES.flatMap((pattern) => globSync(pattern)).sort())
    await import(pathToFileURL(resolve(file)).href);
  return collected;
}

/** Runs the test. Returns the reason of a failure; undefined where it passed. */
export async function failureOf({ run }: CollectedTest): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
