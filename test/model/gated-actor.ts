import type { Around } from "../harness/around-calls.ts";

interface Waiting {
  readonly name: string;
  go(): void;
}

/** An actor whose calls wait until they are let through, by the names of their methods. */
export class GatedActor<T> {
  #waiting: Waiting[] = [];
  #outcome: PromiseSettledResult<T> | undefined;
  /** Names of the calls that were let through, in order. */
  readonly made: string[] = [];

  /** @param work starts the actor; each of its calls goes through the gate. */
  constructor(work: (gate: (name: string) => Promise<void>) => Promise<T>) {
    const gate = (name: string): Promise<void> => new Promise((go) => this.#waiting.push({ name, go }));
    void Promise.allSettled([work(gate)]).then(([outcome]) => {
      this.#outcome = outcome;
    });
  }

  /** Outcome of the actor; undefined while it waits. */
  get outcome(): PromiseSettledResult<T> | undefined {
    return this.#outcome;
  }

  /** Lets calls through, also those that follow, until only calls with these names wait. */
  async runUntil(...names: readonly string[]): Promise<void> {
    for (;;) {
      await settled();
      const next = this.#waiting.find(({ name }) => !names.includes(name));
      if (!next) return;
      this.#release(next);
    }
  }

  /** Lets one call of this name through. @returns false where no such call waits. */
  async make(name: string): Promise<boolean> {
    await settled();
    const next = this.#waiting.find((each) => each.name === name);
    if (!next) return false;
    this.#release(next);
    await settled();
    return true;
  }

  #release(next: Waiting): void {
    this.#waiting = this.#waiting.filter((each) => each !== next);
    this.made.push(next.name);
    next.go();
  }
}

/** Makes a handler of port calls that sends each call through the gate, as `tasks.read`. */
export const throughGate =
  (gate: (name: string) => Promise<void>): Around =>
  async ({ port, method }, run) => {
    await gate(`${port}.${method}`);
    return run();
  };

/** Resolves when no actor can go on without a call: the table is in this process, so nothing else takes time. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
