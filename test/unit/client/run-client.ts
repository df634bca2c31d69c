import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { COMPILED } from "../../../local/compiled.ts";
import { CANARY } from "./fake-valetkey.ts";

/** The command's entry, from the sources. */
export const CLIENT = fileURLToPath(new URL("../../../client/valetkey.ts", import.meta.url));

export interface Run {
  readonly code: number | null;
  /** Signal that ended it, where it did not end itself. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Stops reading its output, as `2>&1 | head -1` does. */
  readonly closeStderr: () => void;
  /** Stops reading its results, as `| head -1` does. */
  readonly closeStdout: () => void;
  /** Resolves once the text has appeared on stdout. */
  readonly printed: (text: string) => Promise<void>;
  /** Resolves with the line of stderr in which the text has appeared. */
  readonly said: (text: string) => Promise<string>;
  readonly ended: Promise<Run>;
}

/**
 * Starts the real command in a process of its own, with nothing in its environment but what is given, and Node's cache
 * of compiled code: hundreds of starts compile the same files.
 * @param timeoutMs a client that hangs fails its test, and is not left behind.
 */
export function startClient(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  timeoutMs = 100_000,
): Running {
  const child = spawn(process.execPath, [CLIENT, ...args], {
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
    closeStdout: () => void child.stdout.destroy(),
    printed: async (text) => {
      while (!stdout.includes(text)) await once(child.stdout, "data");
    },
    said: async (text) => {
      for (;;) {
        const line = lineWith(text, stderr);
        if (line !== undefined) return line;
        if (child.exitCode !== null) throw new Error(`it ended and never said ${text}`);
        await Promise.race([once(child.stderr, "data"), once(child, "close")]);
      }
    },
    ended: once(child, "close").then(([code, signal]) => ({ code, signal, stdout, stderr })),
  };
}

/** Finds the whole line that holds the text. */
export const lineWith = (text: string, output: string): string | undefined =>
  output.split("\n").find((each, index, lines) => index < lines.length - 1 && each.includes(text));

export const runClient = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  timeoutMs?: number,
): Promise<Run> => startClient(args, env, timeoutMs).ended;

/** Program that `exec` runs. */
export type Program = readonly [command: string, ...args: string[]];

/** Program for a shell, which costs a hundredth of the CPU time of Node's start. */
export const inShell = (script: string): Program => ["sh", "-c", script];

/**
 * Program for Node, which may await. The program has `env`, and `ask(url, authorization)`, which resolves with the
 * status and the body of an answer. `fetch` has more to load than the rest of Node.
 */
export const inNode = (script: string): Program => [process.execPath, "-e", `${ASK}\n(async () => {${script}})();`];
const ASK = `const { env } = process;
const ask = (url, authorization) => new Promise((resolve, reject) => {
  const headers = authorization === undefined ? {} : { authorization };
  require("node:http").get(url, { headers, agent: false }, async (answer) => {
    let body = "";
    for await (const chunk of answer) body += chunk;
    resolve({ status: answer.statusCode, body });
  }).on("error", reject);
});`;

/** `exec` against a service with all that it needs; a text is a program for a shell. */
export const execArgs = (url: string, program: string | Program, options: readonly string[] = []): string[] => [
  "exec",
  ...["--url", url, "--purpose", "a test", "--account", "111122223333"],
  ...(options.includes("--intent") ? [] : ["--allow", "s3:GetObject=arn:aws:s3:::acme-data/reports/*"]),
  ...options,
  ...["--", ...(typeof program === "string" ? inShell(program) : program)],
];

export const IDENTITY = { VALETKEY_TOKEN: CANARY.identity } as const;
