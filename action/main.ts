import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { input, needsTask, taskOptions } from "./inputs.ts";
import { addPath, annotate, mask, print, writeValue } from "./runner.ts";
import { type Entry, entriesOf, linesOf, serveTask } from "./served-task.ts";

const CLIENT = fileURLToPath(new URL("../client/valetkey.ts", import.meta.url));

/** Variables that AWS SDKs prefer to the container's credentials. With one of them, a step would not use the task's key. */
const PREFERRED = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
];

const folder = mkdtempSync(join(process.env.RUNNER_TEMP || tmpdir(), "valetkey-"));
process.exitCode = await main(process.env);

/** Installs the command; then runs the step's script in a task, or serves a task's credentials to later steps. */
async function main(env: NodeJS.ProcessEnv): Promise<number> {
  addPath(install());
  const script = input(env, "run");
  if (!needsTask(env))
    return script === undefined ? 0 : failed("run needs a task: name the permissions that it needs in allow or intent");
  return script === undefined ? serveLaterSteps(env) : runScript(script, env);
}

/** Writes a launcher of this checkout's command, which needs no install. Returns its folder. */
function install(): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const launcher = join(bin, "valetkey");
  writeFileSync(launcher, `#!/bin/sh\nexec "${process.execPath}" "${CLIENT}" "$@"\n`);
  chmodSync(launcher, 0o755);
  writeFileSync(`${launcher}.cmd`, `@"${process.execPath}" "${CLIENT}" %*\r\n`);
  return bin;
}

/** Runs the script by `valetkey exec`, whose exit code counts, as a `run` step's shell would run it. */
async function runScript(script: string, env: NodeJS.ProcessEnv): Promise<number> {
  const shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script];
  const child = spawn(process.execPath, [CLIENT, "exec", ...taskOptions(env), "--", ...shell], { stdio: "inherit" });
  const [code] = await once(child, "close");
  return Number(code ?? 1);
}

async function serveLaterSteps(env: NodeJS.ProcessEnv): Promise<number> {
  const preferred = PREFERRED.find((name) => env[name]);
  if (preferred)
    return failed(
      `${preferred} is set in this job, and AWS SDKs would use it instead of the task's credentials: remove it`,
    );
  const served = serveTask(CLIENT, taskOptions(env), folder);
  // Before anything can fail: `post` ends whatever was started.
  writeValue("GITHUB_STATE", "pid", String(served.pid));
  writeValue("GITHUB_STATE", "log", served.log);
  let task = "";
  for await (const entry of entriesOf(served)) {
    print(linesOf(entry));
    task = entry.task ?? task;
    if (entry.event !== "serving") continue;
    exportCredentials(entry);
    writeValue("GITHUB_OUTPUT", "task", task);
    return 0;
  }
  return failed("no task was opened; the lines above say why");
}

function exportCredentials(entry: Entry): void {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = "", AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file = "" } = entry;
  mask(readFileSync(file, "utf8"));
  writeValue("GITHUB_ENV", "AWS_CONTAINER_CREDENTIALS_FULL_URI", uri);
  writeValue("GITHUB_ENV", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file);
}

function failed(sentence: string): number {
  annotate("error", sentence);
  return 1;
}
