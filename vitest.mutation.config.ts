import { defineConfig } from "vitest/config";

/** The tests that Stryker runs against each mutant of the compiler: those that are quick and find something. The validator has its own. */
export default defineConfig({
  test: {
    include: [
      "test/unit/core/{intent,policy}/*.test.ts",
      "test/unit/core/text/glob.test.ts",
      "test/property/{glob,merging,narrow,remainders}.test.ts",
    ],
    // Tries the adapter, and reads two hundred policies for that.
    exclude: ["test/unit/core/policy/cedar-policies.test.ts"],
    // A mutant is killed each time or never.
    setupFiles: ["test/property/fixed-seed.ts"],
    testTimeout: 20_000,
  },
});
