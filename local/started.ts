import { setTimeout as sleep } from "node:timers/promises";

/** Time that closing may take before it is given up; milliseconds. */
const CLOSING_MS = 1_500;

/** Started parts, or parts that are being started, to be closed in the same order. */
export class Started {
  readonly #closings: (() => Promise<void>)[] = [];

  /** Remembers how to close what starts. @returns the same promise. */
  add<T>(starting: Promise<T>, close: (started: T) => Promise<void>): Promise<T> {
    this.#closings.push(() => starting.then(close, () => undefined));
    return starting;
  }

  async close(): Promise<void> {
    for (const close of this.#closings) await close();
  }

  /** Closes everything, or gives up: the process may end then, and what it started ends with it. */
  async closeSoon(): Promise<void> {
    await Promise.race([this.close(), sleep(CLOSING_MS, undefined, { ref: false })]);
  }
}
