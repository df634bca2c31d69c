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
import { signedPrograms } from "./signing/programs.ts";
import { AS_IT_IS_SIGNED, signingStory, startSigningWorld } from "./signing/story.ts";
import { AS_IT_SHOULD_BE, story } from "./story.ts";
import { AS_IT_WAITS, waitingStory } from "./waiting-story.ts";

// The four SDKs under `valetkey exec`: `npm run sdks`, or one part: `npm run sdks -- signing`. Go's downloads and compiles for a minute.
const PARTS = { waiting: whilePeopleDecide, renewal: throughARenewal, signing: bySignatures };
const named = process.argv.slice(2);
const parts = Object.entries(PARTS).filter(([part]) => named.length === 0 || named.includes(part));
if (parts.length < named.length) {
  console.error(`usage: npm run sdks -- [${Object.keys(PARTS).join("|")}]`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "valetkey-sdks-"));
let failed = 0;
try {
  for (const [, part] of parts) await part();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

function judge(sdk: string, met: object, wanted: object, output: string): void {
  try {
    assert.deepEqual(met, wanted);
    console.log(`passed   ${sdk}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED   ${sdk}: ${(error as Error).message}\n${output}`);
  }
}

/** Runs what is on this machine, and names what is not. */
async function each(all: readonly Program[], what: string, run: (program: Program) => Promise<void>): Promise<void> {
  for (const program of all) {
    if (program.isThere) await run(program);
    else console.log(`SKIPPED  ${program.sdk}, ${what}`);
  }
}

async function whilePeopleDecide(): Promise<void> {
  const what = "while people decide";
  const local = await startLocalCloud();
  try {
    await each([...publishingPrograms(), go("./publishes")], what, async (program) => {
      const { output, attempts, requests, ...met } = await waitingStory(local, program, folder);
      judge(
        `${program.sdk}, ${what} (attempt ${attempts}; ${requests} requests in the first)`,
        met,
        AS_IT_WAITS,
        output,
      );
    });
  } finally {
    await local.close();
  }
}

async function throughARenewal(): Promise<void> {
  const what = "through a renewal";
  const running = await runCloud();
  try {
    await each([...programs(), go(".")], what, async (program) => {
      const { output, ...met } = await story(running, program, folder);
      judge(`${program.sdk}, ${what}`, met, AS_IT_SHOULD_BE, output);
    });
    if (hasBoto3()) {
      const { output, ...met } = await pythonStory(running, "python3", folder);
      judge("the Python package", met, AS_PYTHON_SHOULD_READ, output);
      judge("docs/python.md", await pageStory(running, "python3", folder), AS_THE_PAGE_READS, "");
    }
  } finally {
    await running.close();
  }
}

async function bySignatures(): Promise<void> {
  const what = "by signatures";
  const world = await startSigningWorld(folder);
  try {
    await each([...signedPrograms(), go("./signed")], what, async (program) => {
      const { output, requests, ...met } = await signingStory(world, program);
      judge(`${program.sdk}, ${what} (${requests} requests)`, met, AS_IT_IS_SIGNED, output);
    });
  } finally {
    await world.close();
  }
}

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
