import { defineConfig } from "vitest/config";

const PROPERTY = "test/property/**/*.test.ts";

export default defineConfig({
  test: {
    projects: [
      // To import our modules and theirs anew for each file took more than the tests themselves.
      { extends: true, test: { name: "shared", include: ["test/**/*.test.ts"], exclude: [PROPERTY], isolate: false } },
      // These import broken copies of our modules, which no other file may be handed: test/property/with-changed.ts.
      { extends: true, test: { name: "property", include: [PROPERTY] } },
    ],
    setupFiles: ["test/harness/shared-process.ts"],
    // For what hangs, not for what is slow: a test of ten seconds takes a minute where others keep the machine busy.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // Most of a test here waits for another process; a core that only watches is a core lost.
    maxWorkers: "100%",
    coverage: {
      provider: "v8",
      include: ["functions/core/**/*.ts"],
      reporter: ["text", "html"],
      reportsDirectory: "coverage",
      thresholds: { statements: 100, branches: 100, functions: 100, lines: 100 },
    },
  },
});
