import { setTimeout as sleep } from "node:timers/promises";
import type { TableChange } from "./table-change.ts";

export type ChangeConsumer = (changes: readonly TableChange[]) => void | Promise<void>;

const ATTEMPTS = 5;
const PAUSE_MS = 50;

/**
 * Hands changes to the consumer in the order of the writes' answers, one batch at a time, as a stream does. Changes
 * that come while the consumer works go into the next batch. A failing batch is retried, then dropped with an error on
 * the console.
 */
export class ChangeFeed {
  readonly #consumer: ChangeConsumer;
  #waiting: TableChange[] = [];
  #draining: Promise<void> | undefined;

  constructor(consumer: ChangeConsumer) {
    this.#consumer = consumer;
  }

  push(changes: readonly TableChange[]): void {
    if (changes.length === 0) return;
    this.#waiting.push(...changes);
    this.#draining ??= this.#drain(this.#consumer);
  }

  /** Resolves when everything pushed so far has been delivered. */
  async settled(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  async #drain(consumer: ChangeConsumer): Promise<void> {
    // The consumer gets a change after the answer of the write, never before it.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await deliver(consumer, batch);
    }
    this.#draining = undefined;
  }
}

/** Feeds of several consumers, none of which waits for another. */
export class ChangeFeeds {
  readonly #feeds: readonly ChangeFeed[];

  constructor(consumers: readonly ChangeConsumer[]) {
    this.#feeds = consumers.map((consumer) => new ChangeFeed(consumer));
  }

  /** False without a consumer: then pushing changes is useless. */
  get isRead(): boolean {
    return this.#feeds.length > 0;
  }

  push(changes: readonly TableChange[]): void {
    for (const feed of this.#feeds) feed.push(changes);
  }

  /** Resolves when everything pushed so far has been delivered to every consumer. */
  async settled(): Promise<void> {
    await Promise.all(this.#feeds.map((feed) => feed.settled()));
  }
}

async function deliver(consumer: ChangeConsumer, batch: readonly TableChange[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await consumer(batch);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) {
        console.error(`embedded AWS: ${batch.length} table changes were not consumed in ${ATTEMPTS} attempts:`, error);
        return;
      }
      await sleep(PAUSE_MS * attempt);
    }
  }
}
