import type { Item, Key } from "./raw-item.ts";

/** Upper bound on the keys of one BatchGetItem. Source: its API reference. */
const MOST_KEYS = 100;

/** Longest wait of a `getAlong` for other reads; milliseconds. */
const ALONG_MS = 20;

interface Waiting {
  readonly key: Key;
  readonly resolve: (item: Item | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends reads that begin in the same turn of the event loop as one call. A vend reads some six items after its
 * transaction, which then take one request in place of six. Each caller gets its own item, or the error of the whole
 * call.
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
    // Runs after the continuations of all promises that are settled now, since these begin reads too.
    if (this.#waiting.length === 0) process.nextTick(() => this.#send());
    return queued(this.#waiting, key);
  }

  /** Reads an item that nobody waits for: in the next call, or by itself where no call follows soon. */
  getAlong(key: Key): Promise<Item | undefined> {
    if (this.#along.length === 0) setTimeout(() => this.#send(), ALONG_MS).unref();
    return queued(this.#along, key);
  }

  #send(): void {
    const waiting = Map.groupBy([...this.#waiting, ...this.#along], ({ key: { pk, sk } }) => JSON.stringify([pk, sk]));
    this.#waiting = [];
    this.#along = [];
    const groups = [...waiting.values()];
    for (let from = 0; from < groups.length; from += MOST_KEYS)
      void this.#readFor(groups.slice(from, from + MOST_KEYS));
  }

  async #readFor(groups: readonly (readonly Waiting[])[]): Promise<void> {
    try {
      const items = await this.#read(groups.flatMap(([first]) => (first ? [first.key] : [])));
      for (const [index, same] of groups.entries()) for (const { resolve } of same) resolve(items[index]);
    } catch (error) {
      for (const { reject } of groups.flat()) reject(error);
    }
  }
}

const queued = (queue: Waiting[], key: Key): Promise<Item | undefined> =>
  new Promise((resolve, reject) => {
    queue.push({ key, resolve, reject });
  });
