/** Random numbers from a seed: equal seeds make equal days. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Draws a number from 0 to 1, without 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /**
   * Draws the number of events in a second from their mean (Poisson; Knuth's method up to 30, a normal distribution
   * beyond).
   */
  count(mean: number): number {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.#normal()));
    const limit = Math.exp(-mean);
    let [count, product] = [-1, 1];
    do {
      count += 1;
      product *= this.next();
    } while (product > limit);
    return count;
  }

  /** Draws a lifetime (exponential); seconds. */
  life(meanSeconds: number, mostSeconds: number): number {
    return Math.min(mostSeconds, Math.max(1, Math.round(-Math.log(1 - this.next()) * meanSeconds)));
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 1) bytes[at] = Math.floor(this.next() * 256);
    return bytes;
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}
