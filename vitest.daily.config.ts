import { mergeConfig } from "vitest/config";
import { LeftToAll } from "./test/harness/left-to-all.ts";
import { LONG } from "./test/rings.ts";
import { testsWithout } from "./vitest.config.ts";

/** Tests that `npm test` runs: all but the long ones. */
export default mergeConfig(testsWithout(LONG), { test: { reporters: ["default", new LeftToAll()] } });
