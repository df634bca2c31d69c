import type { NotificationQueue } from "../../core/approvals/notification-board.ts";
import { SqsQueue } from "./sqs-queue.ts";

/** Queue that wakes `notify`. A message is empty, since `notify` reads the inboxes. */
export class SqsNotificationQueue implements NotificationQueue {
  readonly #queue: SqsQueue;

  constructor(url: string) {
    this.#queue = new SqsQueue(url);
  }

  wake(): Promise<void> {
    return this.#queue.send([{ MessageBody: "{}" }], "messages to notify were not sent");
  }
}
