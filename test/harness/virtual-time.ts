/** Time that advances only when nothing is left to do at its moment. Milliseconds. */
export class VirtualTime {
  nowMs: number;
  #order = 0;
  #events: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  at(atMs: number, run: () => void): void {
    this.#order += 1;
    this.#events.push({ atMs: Math.max(atMs, this.nowMs), order: this.#order, run });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.nowMs + ms, resolve));
  }

  /**
   * Runs everything until then, in order. Code that awaits only this time and promises reaches its next wait before the
   * time advances.
   */
  async runUntil(endMs: number): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = this.#events.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order);
      if (!next || next.atMs > endMs) break;
      this.#events = this.#events.filter((event) => event !== next);
      this.nowMs = next.atMs;
      next.run();
    }
    this.nowMs = endMs;
  }
}
