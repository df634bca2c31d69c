import type { ChildProcess } from "node:child_process";

const CAUGHT = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
/** Signals that a terminal sends to every process in the foreground, the command included. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];
const PARENT_CHECK_MS = 500;

interface Circumstances {
  readonly isTerminal: boolean;
  /** True under npx, whose shell dies of a signal without passing it on. The shell's end then counts as the signal. */
  readonly isNpx: boolean;
}

/** Catches the signals that would end the process before the task is ended, and passes them on to the command. */
export class Signals {
  readonly #isTerminal: boolean;
  readonly #listeners = new Map<NodeJS.Signals, () => void>();
  readonly #parentCheck: NodeJS.Timeout | undefined;
  #received: NodeJS.Signals | undefined;
  #child: ChildProcess | undefined;
  #onFirst: (() => void) | undefined;

  constructor({ isTerminal, isNpx }: Circumstances) {
    this.#isTerminal = isTerminal;
    for (const signal of CAUGHT) {
      const listener = () => this.#take(signal);
      this.#listeners.set(signal, listener);
      process.on(signal, listener);
    }
    const parent = process.ppid;
    if (isNpx) this.#parentCheck = setInterval(() => this.#checkParent(parent), PARENT_CHECK_MS).unref();
  }

  /** First signal that arrived. */
  get received(): NodeJS.Signals | undefined {
    return this.#received;
  }

  /** Resolves at the first signal. */
  first(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#received) resolve();
      else this.#onFirst = resolve;
    });
  }

  /** Passes signals on to the command from now on, as long as it runs. */
  forwardTo(child: ChildProcess): void {
    this.#child = child;
    // Passes on a signal that arrived while the command was being started.
    if (this.#received) child.kill(this.#received);
  }

  /** Sends a signal to the command, if it runs. */
  send(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Restores the default: a signal ends the process. */
  release(): void {
    clearInterval(this.#parentCheck);
    for (const [signal, listener] of this.#listeners) process.off(signal, listener);
  }

  #checkParent(parent: number): void {
    if (process.ppid === parent) return;
    clearInterval(this.#parentCheck);
    this.#take("SIGTERM");
  }

  #take(signal: NodeJS.Signals): void {
    this.#received ??= signal;
    this.#onFirst?.();
    // The terminal has sent this signal to the command already; many programs treat a second Ctrl-C as "stop at once".
    if (this.#isTerminal && FROM_TERMINAL.includes(signal)) return;
    this.#child?.kill(signal);
  }
}
