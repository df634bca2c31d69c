import { spawn } from "node:child_process";
import { constants } from "node:os";
import { EXIT_CODES } from "../exit-codes.ts";
import type { Signals } from "./signals.ts";

/** How the command ended. `code` is what we exit with. */
export interface Ending {
  readonly code: number;
  /** For the task's outcome, and for people: `exit 3`, `SIGTERM`, `not started: ENOENT`. */
  readonly detail: string;
  readonly isStarted: boolean;
}

/** Runs the command with our own standard streams and waits for its end. No shell: the arguments are the arguments. */
export function runChild(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signals: Signals,
): Promise<Ending> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(notStarted(error));
    try {
      const child = spawn(command, args, { stdio: "inherit", env, shell: false });
      child.once("error", failed);
      child.once("exit", (code, signal) => resolve(endingOf(code, signal)));
      signals.forwardTo(child);
    } catch (error) {
      // A NUL in an argument, say: thrown at once, where other failures arrive as events.
      failed(error as NodeJS.ErrnoException);
    }
  });
}

/** The exit code that a shell gives to a command that a signal ended. */
export const codeOfSignal = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

function endingOf(code: number | null, signal: NodeJS.Signals | null): Ending {
  if (signal) return { code: codeOfSignal(signal), detail: signal, isStarted: true };
  return { code: code ?? EXIT_CODES.bug[0], detail: `exit ${code}`, isStarted: true };
}

function notStarted(error: NodeJS.ErrnoException): Ending {
  const [code] = error.code === "ENOENT" ? EXIT_CODES.notFound : EXIT_CODES.cannotRun;
  return { code, detail: `not started: ${error.code ?? "unknown"}`, isStarted: false };
}
