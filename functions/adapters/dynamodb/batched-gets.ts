import type { Item, Key } from "./raw-item.ts";

/** Most keys of one BatchGetItem. Source: its API reference. */
const MOST_KEYS = 100;

/** Longest wait of a read for others to go along with; milliseconds. */
const ALONG_MS = 20;

interface Waiting {
  readonly key: Key;
  readonly resolve: (item: Item | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads that begin in the same turn of the event loop, as one call. A vend reads some six items after its transaction: one request to sign, to send and to
 * parse in place of six. Each caller gets its own item, or the error of the whole call.
 */
export class BatchedGets {
  readonly #read: (keys: readonly Key[]) => Promise<readonly (Item | undefined)[]>;
  #waiting: Waiting[] = [];
  #along: Waiting[] = [];

  /** @param read reads distinct keys, `MOST_KEYS` at most, and returns their items in the order of the keys. */
  constructor(read: (keys: readonly Key[]) => Promise<readonly (Item | undefined)[]>) {
    this.#read = read;
  }

  get(key: Key): Promise<Item | undefined> {
    // After all promises that are settled now: their continuations begin reads too.
    if (this.#waiting.length === 0) process.nextTick(() => this.#send());
    return queued(this.#waiting, key);
  }

  /** Reads an item that nobody waits for: in the next call, or by itself where there is none soon. */
  getAlong(key: Key): Promise<Item | undefined> {
    if (this.#along.length === 0) setTimeout(() => this.#send(), ALONG_MS).unref();
    return queued(this.#along, key);
  }

  #send(): void {
    const waiting = Map.groupBy([...this.#waiting, ...this.#along], ({ key: { pk, sk } }) => JSON.stringify([pk, sk]));
    this.#waiting = [];
    this.#along = [];
    const askers = [...waiting.values()];
    for (let from = 0; from < askers.length; from += MOST_KEYS)
      void this.#readFor(askers.slice(from, from + MOST_KEYS));
  }

  async #readFor(askers: readonly (readonly Waiting[])[]): Promise<void> {
    try {
      const items = await this.#read(askers.flatMap(([first]) => (first ? [first.key] : [])));
      for (const [index, same] of askers.entries()) for (const { resolve } of same) resolve(items[index]);
    } catch (error) {
      for (const { reject } of askers.flat()) reject(error);
    }
  }
}

const queued = (queue: Waiting[], key: Key): Promise<Item | undefined> =>
  new Promise((resolve, reject) => {
    queue.push({ key, resolve, reject });
  });
