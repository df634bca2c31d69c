/** Limits on the requests that are processed at a time: initial, lowest and highest. */
const LIMIT = { first: 8, least: 2, most: 32 } as const;

/**
 * Longest time that an answer may take; milliseconds: a quarter of the shortest time-out known of a caller. A refusal
 * waits for the same processor, so the number of admitted requests also bounds how long a refusal takes.
 */
const SLOW_MS = 250;

/** Upper bound on the requests that wait for a place. */
const MOST_WAITING = 32;

/** Place of a request while it is processed. */
export interface Place {
  readonly enteredAtMs: number;
}

/**
 * Limits the requests that one process works on at a time. A request above the limit waits a moment for a place, behind
 * those before it, and is refused then, at no cost; otherwise all requests would be answered too late.
 * The limit follows the duration of the answers (additive increase, multiplicative decrease). A slow answer lowers it
 * by a quarter. While every place is taken, as many quick answers as the limit raise it by one.
 * Lambda gives a process one request at a time, so nothing is refused there: Lambda's own concurrency is the limit.
 */
export class Admission {
  #limit: number = LIMIT.first;
  #held = 0;
  #fellAtMs = Number.NEGATIVE_INFINITY;
  readonly #waiting = new Set<(place: Place) => void>();

  /** Returns a place; undefined where all are taken. @param nowMs epoch milliseconds. */
  enter(nowMs: number): Place | undefined {
    if (this.#held >= Math.floor(this.#limit)) return undefined;
    this.#held += 1;
    return { enteredAtMs: nowMs };
  }

  /**
   * Returns a place, as soon as one is free; undefined where none was for as long as the request waits, or where too many
   * wait already.
   * @param nowMs epoch milliseconds.
   * @param pause waits for the time for which the request waits.
   */
  async enterSoon(nowMs: number, pause: () => Promise<void>): Promise<Place | undefined> {
    const place = this.enter(nowMs);
    if (place || this.#waiting.size >= MOST_WAITING) return place;
    const { promise, resolve } = Promise.withResolvers<Place | undefined>();
    this.#waiting.add(resolve);
    // A place that was given in the same moment stays given: only the first of both counts.
    void pause().then(() => this.#waiting.delete(resolve) && resolve(undefined));
    return promise;
  }

  /** Frees the place after the request was answered, and adjusts the limit. @param nowMs epoch milliseconds. */
  leave({ enteredAtMs }: Place, nowMs: number): void {
    const wasFull = this.#held >= Math.floor(this.#limit);
    this.#held -= 1;
    this.#adjust(enteredAtMs, nowMs, wasFull);
    // Places go to those that wait, the first first. No other request has come between: `enter` found none free.
    for (const give of this.#waiting) {
      const place = this.enter(nowMs);
      if (!place) return;
      this.#waiting.delete(give);
      give(place);
    }
  }

  #adjust(enteredAtMs: number, nowMs: number, wasFull: boolean): void {
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
