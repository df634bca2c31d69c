import { spawn } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { basename, delimiter, isAbsolute, join } from "node:path";
import { ClientError } from "../exit-codes.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** Longest output of a program in an answer, both streams together; bytes. */
const OUTPUT_BYTES = 65_536;
/** Further bytes that are read, so that the cut of the output cannot split a secret. */
const MARGIN_BYTES = 8_192;

/** Program that the person who started the server allowed: its name in requests, and the file that was found at the start. */
export interface Program {
  readonly name: string;
  readonly file: string;
}

export interface Ran {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly isCut: boolean;
  readonly isTimedOut: boolean;
}

/**
 * Finds the allowed programs once, when the server starts. A later change of the PATH has no effect on the file that a name means.
 * @throws {ClientError} usage
 */
export function programsOf(flags: readonly string[], env: NodeJS.ProcessEnv): readonly Program[] {
  const programs = flags.map((flag) => {
    if (!isAbsolute(flag) && basename(flag) !== flag)
      throw usage(`--allow takes a program's name or its absolute path, not ${flag}`);
    const places = isAbsolute(flag)
      ? [flag]
      : (env.PATH ?? "")
          .split(delimiter)
          .filter(isAbsolute)
          .map((folder) => join(folder, flag));
    const file = places.find(isProgram);
    if (file === undefined) throw usage(`--allow ${flag}: there is no such program`);
    return { name: basename(flag), file: realpathSync(file) };
  });
  const twice = programs.find(({ name }, index) => programs.findIndex((other) => other.name === name) !== index);
  if (twice) throw usage(`--allow: two programs are called ${twice.name}`);
  return programs;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Runs a program without a shell, in its own process group. Kills the group at the time-out, and where the request is cancelled. */
export function runProgram(
  { name, file }: Program,
  args: readonly string[],
  {
    folder,
    env,
    timeoutMs,
    signal,
    secrets,
  }: {
    readonly folder: string;
    readonly env: NodeJS.ProcessEnv;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    /** Returns the texts to remove from the output. Called once the program has ended. */
    readonly secrets: () => Iterable<string>;
  },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      argv0: name,
      cwd: folder,
      env,
      shell: false,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let isTimedOut = false;
    const take = (chunk: Buffer): void => {
      if (bytes < OUTPUT_BYTES + MARGIN_BYTES) chunks.push(chunk);
      bytes += chunk.length;
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group is gone already.
      }
    };
    const timer = setTimeout(() => {
      isTimedOut = true;
      kill();
    }, timeoutMs);
    signal.addEventListener("abort", kill);
    child.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(usage(`${name} cannot be run (${error.code ?? "unknown"})`));
    });
    child.once("close", (exit, by) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", kill);
      const kept = Buffer.concat(chunks);
      const text = withoutSecrets(kept.toString("utf8"), secrets(), kept.length < bytes);
      const output = Buffer.from(text)
        .subarray(0, OUTPUT_BYTES)
        .toString("utf8")
        .replace(/[^\P{C}\n\t]/gu, " ");
      resolve({ exit, signal: by, output, isCut: bytes > OUTPUT_BYTES, isTimedOut });
    });
  });
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
