/** Most yielding calls that are served at the same time, where no other call is. */
const AT_ONCE = 4;
/** Time after which a yielding call is served in any case; milliseconds. */
const PATIENCE_MS = 1_000;

/**
 * Order of calls at the gate. One thread serves all services here, where AWS has capacity for each. Calls that yield
 * are therefore served while no other call is in progress, so that they take nothing from the others.
 */
export class Turns {
  #others = 0;
  #yielding = 0;
  readonly #waiting = new Set<() => void>();

  /** Serves a call in its turn. @param isYielding true for a call that others go before. */
  async take<T>(isYielding: boolean, serve: () => Promise<T>): Promise<T> {
    if (!isYielding) this.#others += 1;
    else {
      if (!this.#isFree()) await this.#turn();
      this.#yielding += 1;
    }
    try {
      return await serve();
    } finally {
      if (isYielding) this.#yielding -= 1;
      else this.#others -= 1;
      setImmediate(() => this.#next());
    }
  }

  #isFree(): boolean {
    return this.#others === 0 && this.#yielding < AT_ONCE;
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      const begin = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(begin);
        resolve();
      };
      const timer = setTimeout(begin, PATIENCE_MS);
      this.#waiting.add(begin);
    });
  }

  #next(): void {
    const [begin] = this.#waiting;
    if (begin && this.#isFree()) begin();
  }
}
