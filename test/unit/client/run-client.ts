import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { COMPILED } from "../../../local/compiled.ts";
import { CANARY } from "./fake-valetkey.ts";

/** The command's entry, from the sources. */
export const CLIENT = fileURLToPath(new URL("../../../client/valetkey.ts", import.meta.url));

export interface Run {
  readonly code: number | null;
  /** What ended it, where it did not end itself. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Stops reading what it says, as `2>&1 | head -1` does. */
  readonly closeStderr: () => void;
  /** Resolves once the text has appeared on stdout. */
  readonly printed: (text: string) => Promise<void>;
  /** Resolves with the line of stderr in which the text has appeared. */
  readonly said: (text: string) => Promise<string>;
  readonly ended: Promise<Run>;
}

/** Flags of V8 for a process of a second: no second compiler for what Cedar's module runs often, which took a third of the CPU time of `policy check`. */
const SHORT_LIVED = ["--liftoff-only"];

/**
 * Starts the real command in a process of its own, with nothing in its environment but what is given, and where
 * Node keeps what it compiled: hundreds of starts compile the same files.
 * @param timeoutMs a client that hangs fails its test, and is not left behind.
 */
export function startClient(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  timeoutMs = 100_000,
): Running {
  const child = spawn(process.execPath, [...SHORT_LIVED, CLIENT, ...args], {
    env: { PATH: process.env.PATH ?? "", NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    closeStderr: () => void child.stderr.destroy(),
    printed: async (text) => {
      while (!stdout.includes(text)) await once(child.stdout, "data");
    },
    said: async (text) => {
      for (;;) {
        const line = stderr.split("\n").find((each, index, lines) => index < lines.length - 1 && each.includes(text));
        if (line !== undefined) return line;
        if (child.exitCode !== null) throw new Error(`it ended and never said ${text}`);
        await Promise.race([once(child.stderr, "data"), once(child, "close")]);
      }
    },
    ended: once(child, "close").then(([code, signal]) => ({ code, signal, stdout, stderr })),
  };
}

export const runClient = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  timeoutMs?: number,
): Promise<Run> => startClient(args, env, timeoutMs).ended;

/** `exec` against a service with all that it needs, running a program for Node. */
export const execArgs = (url: string, program: string, options: readonly string[] = []): string[] => [
  "exec",
  ...["--url", url, "--purpose", "a test", "--account", "111122223333"],
  ...(options.includes("--intent") ? [] : ["--allow", "s3:GetObject=arn:aws:s3:::acme-data/reports/*"]),
  ...options,
  ...["--", process.execPath, "-e", program],
];

export const IDENTITY = { VALETKEY_TOKEN: CANARY.identity } as const;
