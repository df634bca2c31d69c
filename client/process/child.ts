import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { EXIT_CODES } from "../exit-codes.ts";
import type { PassOn } from "./pass-on.ts";
import type { Signals } from "./signals.ts";

/** End of the command. `code`: exit code of valetkey. */
export interface Ending {
  readonly code: number;
  /** Detail for the task's outcome and for people: `exit 3`, `SIGTERM`, `not started: ENOENT`. */
  readonly detail: string;
  readonly isStarted: boolean;
}

/**
 * Runs the command with this process's standard streams and waits for its end. Uses no shell, so arguments are passed verbatim.
 * @param passOn passes the command's stderr on; without it, the command gets this process's own.
 */
export function runChild(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signals: Signals,
  passOn?: PassOn,
): Promise<Ending> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(notStarted(error));
    let child: ChildProcess | undefined;
    try {
      const stdio = [process.stdin, process.stdout, passOn?.stderr ?? process.stderr];
      child = spawn(command, args, { stdio, env, shell: false });
      child.once("error", failed);
      child.once("exit", (code, signal) => resolve(endingOf(code, signal)));
      signals.forwardTo(child);
    } catch (error) {
      // Failures such as a NUL in an argument are thrown at once; others arrive as events.
      failed(error as NodeJS.ErrnoException);
    } finally {
      passOn?.begin(child);
    }
  });
}

/** Computes the exit code that a shell uses for a command that a signal ended. */
export const codeOfSignal = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

function endingOf(code: number | null, signal: NodeJS.Signals | null): Ending {
  if (signal) return { code: codeOfSignal(signal), detail: signal, isStarted: true };
  return { code: code ?? EXIT_CODES.bug[0], detail: `exit ${code}`, isStarted: true };
}

/**
 * Describes why a command was not started. On Windows, commands such as `npx` are batch files (`npx.cmd`), and only a shell runs those. This program
 * starts no shell, which would interpret the arguments again; the caller must name one.
 */
export function notStarted(error: NodeJS.ErrnoException, platform: string = process.platform): Ending {
  const [code] = error.code === "ENOENT" ? EXIT_CODES.notFound : EXIT_CODES.cannotRun;
  const isPerhapsBatch = platform === "win32" && (error.code === "ENOENT" || error.code === "EINVAL");
  const hint = isPerhapsBatch ? "; a .cmd or .bat file is run with cmd /c in front of it" : "";
  return { code, detail: `not started: ${error.code ?? "unknown"}${hint}`, isStarted: false };
}
