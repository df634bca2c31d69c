import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests in a real browser: Debian's `chromium`, or the one that CHROMIUM names. Beside `npm run test:all`, which needs npm alone. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.browser.ts"],
    globalSetup: ["test/harness/temporary-folder.ts"],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // Vitest's own second is too little for a page of a busy machine.
    expect: { poll: { timeout: 60_000 } },
    // Each page waits for its browser, and the browser for the page's clocks: with two at once, both cores were idle for more than half the time.
    maxWorkers: availableParallelism() * 2,
  },
});
