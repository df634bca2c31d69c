import type { Recheck, RecheckQueue } from "../../core/conditions/recheck.ts";
import { SqsQueue } from "./sqs-queue.ts";

/** Standard queue of changes of conditions, after which live tasks are decided anew. Messages have no order, and a repeat changes nothing. */
export class SqsRechecks implements RecheckQueue {
  readonly #queue: SqsQueue;

  constructor(url: string) {
    this.#queue = new SqsQueue(url);
  }

  send(rechecks: readonly Recheck[]): Promise<void> {
    return this.#queue.send(
      rechecks.map(({ condition, scope, agents }) => ({ MessageBody: JSON.stringify({ condition, scope, agents }) })),
      "rechecks were not sent",
    );
  }
}
