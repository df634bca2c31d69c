/** Limits on the requests that are processed at a time: initial, lowest and highest. */
const LIMIT = { first: 8, least: 2, most: 32 } as const;

/**
 * Longest time that an answer may take; milliseconds: a quarter of the shortest time-out known of a caller. A refusal
 * waits for the same processor, so the number of admitted requests also bounds how long a refusal takes.
 */
const SLOW_MS = 250;

/** Upper bound on the requests that wait for a place. */
const MOST_WAITING = 32;

type Waiter = (place: Place | undefined) => void;

/** Place of a request while it is processed. */
export interface Place {
  readonly enteredAtMs: number;
}

/**
 * Limits the requests that one process works on at a time. A request above the limit waits a moment for a place, in
 * turn with other callers, and is refused then, at no cost; otherwise all requests would be answered too late.
 * The limit follows the duration of the answers (additive increase, multiplicative decrease). A slow answer lowers it
 * by a quarter. While every place is taken, as many quick answers as the limit raise it by one.
 * Lambda gives a process one request at a time, so nothing is refused there: Lambda's own concurrency is the limit.
 */
export class Admission {
  #limit: number = LIMIT.first;
  #held = 0;
  #fellAtMs = Number.NEGATIVE_INFINITY;
  /** Requests that wait, by caller. The caller whose turn is next comes first. */
  readonly #waiting = new Map<string, Waiter[]>();

  /** Returns a place; undefined where all are taken. @param nowMs epoch milliseconds. */
  enter(nowMs: number): Place | undefined {
    if (this.#held >= Math.floor(this.#limit)) return undefined;
    this.#held += 1;
    return { enteredAtMs: nowMs };
  }

  /**
   * Returns a place, as soon as one is free; undefined where none was for as long as the request waits, or where too many
   * wait already. Callers take turns, so that many requests of one delay another's by one request for each place. Where as
   * many wait as may, the caller with the most gives up its latest.
   * @param nowMs epoch milliseconds.
   * @param callerOf names the caller; called only where the request has to wait.
   * @param pause waits for the time for which the request waits.
   */
  async enterSoon(nowMs: number, callerOf: () => string, pause: () => Promise<void>): Promise<Place | undefined> {
    const place = this.enter(nowMs);
    if (place) return place;
    const caller = callerOf();
    if (!this.#makeRoomFor(caller)) return undefined;
    const { promise, resolve } = Promise.withResolvers<Place | undefined>();
    this.#waiting.set(caller, [...(this.#waiting.get(caller) ?? []), resolve]);
    // A request that has a place by then is not in the list any more.
    void pause().then(() => this.#giveUp(caller, resolve));
    return promise;
  }

  /** True where one more request of the caller may wait. */
  #makeRoomFor(caller: string): boolean {
    const queues = [...this.#waiting].toSorted(([, one], [, other]) => other.length - one.length);
    const [longest] = queues;
    if (queues.reduce((sum, [, queue]) => sum + queue.length, 0) < MOST_WAITING || !longest) return true;
    const [of, queue] = longest;
    const latest = queue.at(-1);
    if (!latest || queue.length <= (this.#waiting.get(caller)?.length ?? 0) + 1) return false;
    this.#giveUp(of, latest);
    return true;
  }

  #giveUp(caller: string, waiter: Waiter): void {
    const queue = this.#waiting.get(caller) ?? [];
    if (!queue.includes(waiter)) return;
    this.#keep(
      caller,
      queue.filter((each) => each !== waiter),
    );
    waiter(undefined);
  }

  /** Stores a caller's queue at the caller's turn. */
  #keep(caller: string, queue: Waiter[]): void {
    if (queue.length > 0) this.#waiting.set(caller, queue);
    else this.#waiting.delete(caller);
  }

  /** Frees the place after the request was answered, and adjusts the limit. @param nowMs epoch milliseconds. */
  leave({ enteredAtMs }: Place, nowMs: number): void {
    const wasFull = this.#held >= Math.floor(this.#limit);
    this.#held -= 1;
    this.#adjust(enteredAtMs, nowMs, wasFull);
    // Places go to those that wait. No other request has come between: `enter` found none free.
    for (let next = this.#waiting.entries().next().value; next; next = this.#waiting.entries().next().value) {
      const [caller, [give, ...others]] = next;
      const place = give && this.enter(nowMs);
      if (!place) return;
      // The caller's next turn comes after all others'.
      this.#waiting.delete(caller);
      this.#keep(caller, others);
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
