import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCloud } from "../contract/running-cloud.ts";
import { startLocalCloud } from "../harness/local-cloud.ts";
import { hasBoto3 } from "../needs.ts";
import { type Program, programs, publishingPrograms } from "./programs.ts";
import { AS_PYTHON_SHOULD_READ, AS_THE_PAGE_READS, pageStory, pythonStory } from "./python-story.ts";
import { AS_IT_SHOULD_BE, story } from "./story.ts";
import { AS_IT_WAITS, waitingStory } from "./waiting-story.ts";

// The four SDKs under `valetkey exec`: `npm run sdks`. Go's downloads and compiles for a minute.
const folder = mkdtempSync(join(tmpdir(), "valetkey-sdks-"));
let failed = 0;
const judge = (sdk: string, met: object, wanted: object, output: string): void => {
  try {
    assert.deepEqual(met, wanted);
    console.log(`passed   ${sdk}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED   ${sdk}: ${(error as Error).message}\n${output}`);
  }
};

const local = await startLocalCloud();
try {
  for (const program of [...publishingPrograms(), go("./publishes")]) {
    if (!program.isThere) {
      console.log(`SKIPPED  ${program.sdk}, while people decide`);
      continue;
    }
    const { output, attempts, requests, ...met } = await waitingStory(local, program, folder);
    judge(
      `${program.sdk}, while people decide (attempt ${attempts}; ${requests} requests in the first)`,
      met,
      AS_IT_WAITS,
      output,
    );
  }
} finally {
  await local.close();
}

const running = await runCloud();
try {
  for (const program of [...programs(), go(".")]) {
    if (!program.isThere) {
      console.log(`SKIPPED  ${program.sdk}`);
      continue;
    }
    const { output, ...met } = await story(running, program, folder);
    judge(program.sdk, met, AS_IT_SHOULD_BE, output);
  }
  if (hasBoto3()) {
    const { output, ...met } = await pythonStory(running, "python3", folder);
    judge("the Python package", met, AS_PYTHON_SHOULD_READ, output);
    judge("docs/python.md", await pageStory(running, "python3", folder), AS_THE_PAGE_READS, "");
  }
} finally {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** aws-sdk-go-v2, compiled into the folder where there is a Go. @param source package of `test/sdks/go`. */
function go(source: string): Program {
  const binary = join(folder, `go-${source.replace(/\W/g, "") || "reads"}`);
  const program: Program = { sdk: "aws-sdk-go-v2", isThere: true, command: (args) => [binary, ...args] };
  const PATH = [process.env.PATH, "/usr/local/go/bin"].join(delimiter);
  try {
    console.log("compiling the Go program");
    execFileSync("go", ["build", "-o", binary, source], {
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
