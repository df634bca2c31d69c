/** Limits on the requests that are processed at a time: initial, lowest and highest. */
const LIMIT = { first: 8, least: 2, most: 32 } as const;

/**
 * Longest time that an answer may take; milliseconds: a quarter of the shortest time-out known of a caller. A refusal
 * waits for the same processor, so the number of admitted requests also bounds how long a refusal takes.
 */
const SLOW_MS = 250;

/** Place of a request while it is processed. */
export interface Place {
  readonly enteredAtMs: number;
}

/**
 * Limits the requests that one process works on at a time. Requests above the limit are refused at once, at no cost;
 * otherwise all requests would be answered too late.
 * The limit follows the duration of the answers (additive increase, multiplicative decrease). A slow answer lowers it
 * by a quarter. While every place is taken, as many quick answers as the limit raise it by one.
 * Lambda gives a process one request at a time, so nothing is refused there: Lambda's own concurrency is the limit.
 */
export class Admission {
  #limit: number = LIMIT.first;
  #held = 0;
  #fellAtMs = Number.NEGATIVE_INFINITY;

  /** Returns a place; undefined where all are taken. @param nowMs epoch milliseconds. */
  enter(nowMs: number): Place | undefined {
    if (this.#held >= Math.floor(this.#limit)) return undefined;
    this.#held += 1;
    return { enteredAtMs: nowMs };
  }

  /** Frees the place after the request was answered, and adjusts the limit. @param nowMs epoch milliseconds. */
  leave({ enteredAtMs }: Place, nowMs: number): void {
    const wasFull = this.#held >= Math.floor(this.#limit);
    this.#held -= 1;
    if (nowMs - enteredAtMs <= SLOW_MS) {
      if (wasFull) this.#limit = Math.min(LIMIT.most, this.#limit + 1 / this.#limit);
      return;
    }
    // Requests admitted before the last decrease do not measure the limit since then.
    if (enteredAtMs < this.#fellAtMs) return;
    this.#limit = Math.max(LIMIT.least, this.#limit * 0.75);
    this.#fellAtMs = nowMs;
  }

  /** Number of requests that may be processed at a time, for now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }
}
