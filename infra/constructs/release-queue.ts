import { Duration } from "aws-cdk-lib";
import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { RELEASE_QUEUE_NAME } from "../hub-scope.ts";
import { KeptQueue } from "./kept-queue.ts";

/** How long taking back one credential may take; the queue waits six times as long before it hands a message out again (Lambda's advice). */
export const RELEASE_TIMEOUT_SECONDS = 30;

/**
 * The FIFO queue before `release`: a message names a credential, its group is the task. What fails five times is set aside, and alarms; nothing
 * is lost with it, since each minute's sweep asks for whatever still stands.
 */
export class ReleaseQueue extends KeptQueue {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      queueName: RELEASE_QUEUE_NAME,
      hiddenSeconds: 6 * RELEASE_TIMEOUT_SECONDS,
      // A message older than this says nothing that the sweep has not said again.
      kept: Duration.hours(1),
    });
  }

  /** Hands each message to the function by itself: a provider that does not answer takes the time of one credential, and of no other. */
  feed(release: IFunction): void {
    new EventSourceMapping(this, "QueueToRelease", {
      target: release,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
    });
  }
}
