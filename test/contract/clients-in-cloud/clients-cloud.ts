import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type RunningCloud, runCloud } from "../running-cloud.ts";

/** One cloud for all clients of a test file: each opens tasks of its own. */
export class ClientsCloud {
  /** An empty home, without the credentials or configuration of the user who runs the tests. */
  readonly home = mkdtempSync(join(tmpdir(), "valetkey-home-"));
  #running: RunningCloud | undefined;

  constructor() {
    beforeAll(async () => {
      this.#running = await runCloud();
    });
    afterAll(async () => {
      await this.#running?.close();
      rmSync(this.home, { recursive: true, force: true });
    });
  }

  get running(): RunningCloud {
    if (!this.#running) throw new Error("the cloud does not run yet");
    return this.#running;
  }
}
