import { Duration } from "aws-cdk-lib";
import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { DEADLINE_QUEUE_NAME } from "../hub-scope.ts";
import { KeptQueue } from "./kept-queue.ts";
import { RELEASE_TIMEOUT_SECONDS } from "./release-queue.ts";

/** How many deadlines are worked on at a time. */
const DEADLINES_AT_ONCE = 5;

/**
 * The queue of deadlines: a message names a credential of a connector, and comes when its time is over. A standard queue: in a FIFO queue no
 * message has a delay of its own, and one that is kept out of sight would keep back all others of its task.
 */
export class DeadlineQueue extends KeptQueue {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      queueName: DEADLINE_QUEUE_NAME,
      hiddenSeconds: 6 * RELEASE_TIMEOUT_SECONDS,
      // Longer than any task lives.
      kept: Duration.days(1),
    });
  }

  /** Hands each message to the function by itself: what is due now does not wait for a provider that another one has to do with. */
  feed(release: IFunction): void {
    new EventSourceMapping(this, "DeadlineToRelease", {
      target: release,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
      // Half of what the function has: an ending that somebody has asked for does not wait behind ten thousand deadlines of one second.
      maxConcurrency: DEADLINES_AT_ONCE,
    });
  }
}
