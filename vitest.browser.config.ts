import { defineConfig } from "vitest/config";

/** Tests in a real browser: Debian's `chromium`, or the one that CHROMIUM names. Beside `npm test`, which needs npm alone. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.browser.ts"],
    globalSetup: ["test/harness/temporary-folder.ts"],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // Two pages at once: each waits for its browser most of the time.
    maxWorkers: 2,
  },
});
