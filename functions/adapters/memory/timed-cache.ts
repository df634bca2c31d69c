/** Small cache whose entries expire after a fixed time; when it is full, the oldest entry is dropped. */
export class TimedCache<T> {
  readonly #entries = new Map<string, { readonly value: T; readonly until: number }>();
  readonly #keepMs: number;
  readonly #most: number;
  readonly #nowMs: () => number;

  constructor(keepMs: number, most: number, nowMs: () => number) {
    this.#keepMs = keepMs;
    this.#most = most;
    this.#nowMs = nowMs;
  }

  find(name: string): T | undefined {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    if (this.#nowMs() < entry.until) return entry.value;
    this.#entries.delete(name);
    return undefined;
  }

  keep(name: string, value: T): void {
    this.#entries.delete(name);
    this.#entries.set(name, { value, until: this.#nowMs() + this.#keepMs });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#most && oldest !== undefined) this.#entries.delete(oldest);
  }
}
