import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const STEP_MS = 100;

/** Line of the log of `valetkey serve --json`. */
export interface Entry {
  readonly event: string;
  readonly message: string;
  readonly task?: string;
  readonly denials?: readonly { readonly action: string; readonly target: string; readonly hint?: string }[];
  /** Command line that requests what policy would permit. */
  readonly instead?: string;
  readonly AWS_CONTAINER_CREDENTIALS_FULL_URI?: string;
  readonly AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE?: string;
}

/** `valetkey serve` that outlives its step, with its log in a file. */
export interface ServedTask {
  readonly pid: number;
  readonly log: string;
}

/** Starts `valetkey serve` in the background. @param folder private one of this step. */
export function serveTask(client: string, options: readonly string[], folder: string): ServedTask {
  const log = join(folder, "serve.log");
  const file = openSync(log, "wx", 0o600);
  const args = [client, "serve", "--json", ...options, `--token-out=${join(folder, "token")}`];
  const child = spawn(process.execPath, args, { detached: true, stdio: ["ignore", "ignore", file] });
  // Lets the step end while the process goes on.
  child.unref();
  closeSync(file);
  if (child.pid === undefined) throw new Error("valetkey serve cannot be started");
  return { pid: child.pid, log };
}

/** Yields the entries of the log as they come, until the process has ended. */
export async function* entriesOf({ pid, log }: ServedTask): AsyncGenerator<Entry> {
  for (let seen = 0; ; ) {
    const isRunning = isAlive(pid);
    const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
    for (const line of lines.slice(seen)) yield entryOf(line);
    seen = lines.length;
    if (!isRunning) return;
    await sleep(STEP_MS);
  }
}

/** Entry of a line; a line that is not JSON is its own message. */
function entryOf(line: string): Entry {
  try {
    const { event, message, ...fields } = JSON.parse(line);
    return { event: String(event), message: String(message), ...fields };
  } catch {
    return { event: "output", message: line };
  }
}

/** Returns the lines to print for an entry: its message, its denials and the command line to try instead. */
export const linesOf = ({ message, denials = [], instead }: Entry): string[] => [
  `valetkey: ${message}`,
  ...denials.map(({ action, target, hint }) => `  denied: ${action} on ${target}. ${hint ?? ""}`),
  ...(instead === undefined ? [] : [`  ask instead: ${instead}`]),
];

/** True while the process runs. On Linux a zombie, whose parent has not yet read its exit code, counts as ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return process.platform !== "linux";
  }
}
