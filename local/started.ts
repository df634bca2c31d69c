import { setTimeout as sleep } from "node:timers/promises";

/** Longest wait for closing; milliseconds. */
const CLOSING_MS = 1_500;

/** Parts that have started, or are starting, and are closed in the same order. */
export class Started {
  readonly #closings: (() => Promise<void>)[] = [];

  /** Records how to close a part that starts. @returns the same promise. */
  add<T>(starting: Promise<T>, close: (started: T) => Promise<void>): Promise<T> {
    this.#closings.push(() => starting.then(close, () => undefined));
    return starting;
  }

  async close(): Promise<void> {
    for (const close of this.#closings) await close();
  }

  /** Closes everything, or gives up after a while. The process may end then, and its parts end with it. */
  async closeSoon(): Promise<void> {
    await Promise.race([this.close(), sleep(CLOSING_MS, undefined, { ref: false })]);
  }
}
