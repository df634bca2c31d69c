import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCloud } from "../contract/running-cloud.ts";
import { type Program, programs } from "./programs.ts";
import { AS_IT_SHOULD_BE, story } from "./story.ts";

// The four SDKs under `valetkey exec`, Go's among them, which downloads and compiles for a minute: `npm run sdks`.
const folder = mkdtempSync(join(tmpdir(), "valetkey-sdks-"));
const running = await runCloud();
let failed = 0;
try {
  for (const program of [...programs(), go()]) {
    if (!program.isThere) {
      console.log(`SKIPPED  ${program.sdk}`);
      continue;
    }
    const { said, ...met } = await story(running, program, folder);
    try {
      assert.deepEqual(met, AS_IT_SHOULD_BE);
      console.log(`passed   ${program.sdk}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED   ${program.sdk}: ${(error as Error).message}\n${said}`);
    }
  }
} finally {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** aws-sdk-go-v2, compiled into the folder where there is a Go. */
function go(): Program {
  const binary = join(folder, "reads");
  const program: Program = { sdk: "aws-sdk-go-v2", isThere: true, command: (args) => [binary, ...args] };
  const PATH = [process.env.PATH, "/usr/local/go/bin"].join(delimiter);
  try {
    console.log("compiling the Go program");
    execFileSync("go", ["build", "-o", binary, "."], {
      cwd: fileURLToPath(new URL("go", import.meta.url)),
      env: { ...process.env, PATH },
      stdio: ["ignore", "inherit", "inherit"],
    });
    return program;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    console.log("there is no Go on this machine");
    return { ...program, isThere: false };
  }
}
