import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type Row, type Run, verdict } from "../row.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TARGET_SECONDS = 60;
/** Folders that a fresh clone lacks. */
const NOT_CLONED = new Set(["node_modules", "build", "coverage", "cdk.out", "reports", ".git", ".stryker-tmp"]);

/**
 * Measures from `npm start` to the first credential. With `--fresh`, begins with an empty folder and an empty cache,
 * and includes the network.
 */
export async function firstCredential(run: Run): Promise<readonly Row[]> {
  if (!run.fresh) {
    run.say("npm start -- --once");
    return [rowOf(undefined, await startSeconds(ROOT))];
  }
  const folder = join(run.workDir, "valetkey");
  cpSync(ROOT, folder, { recursive: true, filter: (from) => !NOT_CLONED.has(basename(from)) });
  run.say("npm ci, into an empty folder and with an empty cache");
  const installSeconds = await install(folder, join(run.workDir, "npm-cache"));
  run.say("npm start -- --once");
  return [rowOf(installSeconds, await startSeconds(folder))];
}

function rowOf(installSeconds: number | undefined, startSeconds: number): Row {
  const seconds = (installSeconds ?? 0) + startSeconds;
  return {
    name: "npm start on a fresh machine to first credential",
    measured: `${seconds.toFixed(1)} s${installSeconds === undefined ? " once installed" : ""}`,
    target: `<= ${TARGET_SECONDS} s, network included`,
    verdict:
      installSeconds === undefined && seconds <= TARGET_SECONDS ? "not measured" : verdict(seconds <= TARGET_SECONDS),
    notes: [
      installSeconds === undefined
        ? "the install and its network are not in it: npm run bench -- --only start --fresh"
        : `npm ci with an empty cache ${installSeconds.toFixed(1)} s, then npm start to the first credential ${startSeconds.toFixed(1)} s`,
    ],
    figures: { startSeconds, ...(installSeconds === undefined ? {} : { installSeconds }) },
  };
}

async function install(folder: string, cache: string): Promise<number> {
  const beganAtMs = performance.now();
  const args = ["ci", "--no-audit", "--no-fund", "--cache", cache];
  const child = spawn("npm", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const [complaints, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  if (code !== 0) throw new Error(`npm ci ended with ${code}:\n${complaints}`);
  return (performance.now() - beganAtMs) / 1_000;
}

/** Measures the time to the line of the guided tour that shows the key; seconds. */
async function startSeconds(folder: string): Promise<number> {
  const beganAtMs = performance.now();
  const child = spawn("npm", ["start", "--", "--once"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const complaints = text(child.stderr);
  const closed = once(child, "close");
  let seconds: number | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (/-> task .* key ASIA/.test(line)) seconds ??= (performance.now() - beganAtMs) / 1_000;
  }
  const [code] = await closed;
  if (code !== 0 || seconds === undefined) throw new Error(`npm start ended with ${code}:\n${await complaints}`);
  return seconds;
}
