import { type Limited, windowOf } from "../../../functions/core/rate-limit.ts";
import type { RateLimits } from "../../../functions/core/rate-limits.ts";

/**
 * Fake rate limits, in memory. `writes` counts the writes that a real store would do. An exceeded limit is remembered,
 * as in a warm process.
 */
export class FakeRateLimits implements RateLimits {
  writes = 0;
  readonly #counts = new Map<string, number>();
  readonly #over = new Set<string>();
  readonly #nowMs: () => number;
  before: (method: string) => void | Promise<void> = () => undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  isOver(who: string, what: Limited): boolean {
    return this.#over.has(this.#nameOf(who, what));
  }

  async count(who: string, what: Limited, most: number): Promise<boolean> {
    await this.before("count");
    if (this.isOver(who, what)) return false;
    const name = this.#nameOf(who, what);
    const count = this.#counts.get(name) ?? 0;
    this.writes += 1;
    if (count >= most) this.#over.add(name);
    else this.#counts.set(name, count + 1);
    return count < most;
  }

  /** Fills the counters of all callers that were counted so far: the next call of each exceeds the limit. */
  fill(what: Limited, most: number): void {
    for (const name of this.#counts.keys()) if (JSON.parse(name)[1] === what) this.#counts.set(name, most);
  }

  #nameOf(who: string, what: Limited): string {
    return JSON.stringify([who, what, windowOf(what, this.#nowMs()).begin]);
  }
}
