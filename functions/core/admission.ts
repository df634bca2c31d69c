/** Requests at a time: at first, at least and at most. */
const LIMIT = { first: 8, least: 2, most: 32 } as const;

/**
 * Milliseconds that an answer may take: a quarter of the shortest time-out known of a caller. A refusal waits for the same processor, so what is let in
 * also bounds how long a refusal takes.
 */
const SLOW_MS = 250;

/** A place that a request holds while it is worked on. */
export interface Place {
  readonly enteredAtMs: number;
}

/**
 * Limits the requests that one process works on at a time. Where more are asked for than it can answer in time, those that it has no place for are
 * refused at once, and cost nothing, instead of all of them being answered too late. The limit follows the time that answers take: it falls by
 * a quarter where one was slow, and rises by one for each limit's worth of quick ones while every place is taken (additive increase,
 * multiplicative decrease). Lambda gives a process one request at a time, so that nothing is ever refused there; its own concurrency is the limit.
 */
export class Admission {
  #limit: number = LIMIT.first;
  #held = 0;
  #fellAtMs = Number.NEGATIVE_INFINITY;

  /** A place, or nothing where all are taken. Epoch milliseconds. */
  enter(nowMs: number): Place | undefined {
    if (this.#held >= Math.floor(this.#limit)) return undefined;
    this.#held += 1;
    return { enteredAtMs: nowMs };
  }

  /** The request was answered. */
  leave({ enteredAtMs }: Place, nowMs: number): void {
    const wasFull = this.#held >= Math.floor(this.#limit);
    this.#held -= 1;
    if (nowMs - enteredAtMs <= SLOW_MS) {
      if (wasFull) this.#limit = Math.min(LIMIT.most, this.#limit + 1 / this.#limit);
      return;
    }
    // Requests that were let in before the last fall say nothing of the limit since.
    if (enteredAtMs < this.#fellAtMs) return;
    this.#limit = Math.max(LIMIT.least, this.#limit * 0.75);
    this.#fellAtMs = nowMs;
  }

  /** Requests that it works on at a time, for now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }
}
