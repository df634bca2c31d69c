import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, isListening } from "../free-ports.ts";

/** A running DynamoDB. */
export interface DynamoProcess {
  readonly endpoint: string;
  close(): Promise<void>;
}

const START_LIMIT_MS = 10_000;
const POLL_MS = 5;

/**
 * Shell script that runs the binary and ends it with this process. Standard input is a pipe that breaks when this
 * process dies, even by SIGKILL, which no handler survives. The reader of that pipe then kills the binary.
 */
const WATCHED = 'exec 3<&0; "$0" "$@" 3<&- & pid=$!; (read -r _ <&3; kill $pid 2>/dev/null) & wait $pid';

/** Starts dynoxide, in memory, on a free loopback port. */
export async function startDynoxide(): Promise<DynamoProcess> {
  const binary = findDynoxide(process.platform, process.arch);
  if (binary === undefined)
    throw new Error("dynoxide is not installed; it exists for Linux on x64. Unset VALETKEY_DYNAMODB to do without it.");
  const port = await freePort();
  const child = spawn("/bin/sh", ["-c", WATCHED, binary, "--host", "127.0.0.1", "--port", String(port)], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => {
    complaint = (complaint + data.toString()).slice(-1000);
  });
  await untilListening(port, child, () => complaint);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      if (child.exitCode !== null) return;
      child.stdin.end();
      await once(child, "exit");
    },
  };
}

/**
 * True where the package with a machine's binary is installed; this machine's by default. The only package is for Linux
 * on x64.
 */
export const hasDynoxide = (platform: string = process.platform, arch: string = process.arch): boolean =>
  findDynoxide(platform, arch) !== undefined;

function findDynoxide(platform: string, arch: string): string | undefined {
  try {
    const name = `@dynoxide/${platform}-${arch}/package.json`;
    const binary = join(dirname(createRequire(import.meta.url).resolve(name)), "dynoxide");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

async function untilListening(port: number, child: ChildProcess, complaint: () => string): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`dynoxide ended at once (${child.exitCode}): ${complaint()}`);
    if (performance.now() > deadline) {
      child.stdin?.end();
      throw new Error(`dynoxide did not listen on port ${port} within ${START_LIMIT_MS} ms: ${complaint()}`);
    }
    await sleep(POLL_MS);
  }
}
