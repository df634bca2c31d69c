import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/harness/longest-first.ts";
import { ALL } from "./test/rings.ts";

/** Tests that import broken copies of our modules (test/property/with-changed.ts), which no other file may be handed. */
export const ISOLATED = [
  "test/path/sessions-beyond-a-bound.test.ts",
  "test/property/child-within-parent.test.ts",
  "test/property/for-a-person.test.ts",
  "test/property/packed-within-cedar.test.ts",
  "test/property/proof/broken-copies.test.ts",
  "test/property/proof/judge-session.test.ts",
  "test/property/session-policy-within-cedar.test.ts",
  "test/property/worlds-from-the-grammar.test.ts",
];

/**
 * Configures a run of all tests but some.
 * @param left globs of the test files that are left out.
 */
export const testsWithout = (left: readonly string[]) =>
  defineConfig({
    test: {
      projects: [
        // To import our modules and theirs anew for each file took more than the tests themselves.
        {
          extends: true,
          test: {
            name: "shared",
            include: [ALL],
            exclude: [...ISOLATED, ...left],
            isolate: false,
            // Node imports the sources itself, as it does in a checkout, and keeps what it compiled (decision 58).
            experimental: { viteModuleRunner: false, nodeLoader: false },
          },
        },
        { extends: true, test: { name: "isolated", include: ISOLATED, exclude: [...left] } },
      ],
      globalSetup: ["test/harness/temporary-folder.ts", "test/harness/compile-cache.ts"],
      setupFiles: ["test/harness/resolved-once.ts", "test/harness/shared-process.ts"],
      // For what hangs, not for what is slow: a test of ten seconds takes a minute where others keep the machine busy.
      testTimeout: 120_000,
      hookTimeout: 240_000,
      expect: { poll: { timeout: 60_000 } },
      // Many tests wait for another process: of three workers on two cores, each had a third of a core's time.
      maxWorkers: availableParallelism() * 2,
      sequence: { sequencer: LongestFirst },
      // A process runs hundreds of files: V8's 16 MB for young objects cost 8 % more CPU time in collections.
      execArgv: ["--max-semi-space-size=64"],
    },
  });

export default testsWithout([]);
