import { Queue, type QueueSpec } from "./sqs-queue.ts";

/** Queues of every account, with their URLs. */
export class Queues {
  readonly #queues = new Map<string, Queue>();
  readonly #endpoint: () => string;

  constructor(endpoint: () => string) {
    this.#endpoint = endpoint;
  }

  /** The new queue's URL. */
  create(account: string, spec: QueueSpec): string {
    const path = `${account}/${spec.name}`;
    if (this.#queues.has(path)) throw new Error(`queue ${path} exists already`);
    this.#queues.set(path, new Queue(spec));
    return `${this.#endpoint()}/${path}`;
  }

  remove(account: string, name: string): void {
    this.#queues.delete(`${account}/${name}`);
  }

  find(account: string, name: string): Queue | undefined {
    return this.#queues.get(`${account}/${name}`);
  }

  url(account: string, name: string): string {
    return `${this.#endpoint()}/${account}/${name}`;
  }
}
