import type { ChildProcess } from "node:child_process";

const CAUGHT = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
/** What a terminal sends to every process in the foreground, the command included. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];
const PARENT_CHECK_MS = 500;

interface Circumstances {
  readonly isTerminal: boolean;
  /** npx runs us in a shell, which dies of a signal without handing it on: then its end is the signal. */
  readonly isNpx: boolean;
}

/** Catches the signals that would end us before the task is ended, and hands them on to the command. */
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

  /** The first signal that came. */
  get received(): NodeJS.Signals | undefined {
    return this.#received;
  }

  /** Resolves with the first signal. */
  first(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#received) resolve();
      else this.#onFirst = resolve;
    });
  }

  /** From now on signals go to this command, as long as it runs. */
  forwardTo(child: ChildProcess): void {
    this.#child = child;
    // It came while the command was being started: nobody else has told it.
    if (this.#received) child.kill(this.#received);
  }

  /** Back to the default: a signal ends us. */
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
    // The terminal has told the command already; a second Ctrl-C means "at once" to many programs.
    if (this.#isTerminal && FROM_TERMINAL.includes(signal)) return;
    this.#child?.kill(signal);
  }
}
