import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { programs } from "../sdks/programs.ts";
import { AS_IT_SHOULD_BE, story } from "../sdks/story.ts";
import { type RunningCloud, runCloud } from "./running-cloud.ts";

let running: RunningCloud;
const home = mkdtempSync(join(tmpdir(), "valetkey-home-"));
beforeAll(async () => {
  running = await runCloud();
});
afterAll(async () => {
  await running.close();
  rmSync(home, { recursive: true, force: true });
});

// Go is tested by `npm run sdks`.
describe.concurrent.each(programs())("$sdk under valetkey exec", (program) => {
  it.runIf(program.isThere)(
    "reads the granted object only, survives a renewal, and holds a dead key after the end",
    { timeout: 240_000 },
    async ({ expect }) => {
      expect(await story(running, program, home)).toMatchObject(AS_IT_SHOULD_BE);
    },
  );
});
