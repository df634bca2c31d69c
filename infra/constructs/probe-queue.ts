import { Duration } from "aws-cdk-lib";
import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { PROBE_QUEUE_NAME } from "../hub-scope.ts";
import { KeptQueue } from "./kept-queue.ts";

/** A probe watches for a minute at most; the queue waits six times as long before it hands a message out again (Lambda's advice). */
export const PROBE_TIMEOUT_SECONDS = 90;

/**
 * The queue before `probe`: a message names an ending. What was delivered five times is set aside, and alarms; nothing but an observation is lost with it.
 */
export class ProbeQueue extends KeptQueue {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      queueName: PROBE_QUEUE_NAME,
      hiddenSeconds: 6 * PROBE_TIMEOUT_SECONDS,
      // Five deliveries, and some more.
      kept: Duration.hours(1),
    });
  }

  /** Hands over what is there, five at most: a probe waits nearly all the time, and so do five. */
  feed(probe: IFunction): void {
    new EventSourceMapping(this, "QueueToProbe", {
      target: probe,
      eventSourceArn: this.queue.queueArn,
      batchSize: 5,
      // No more pollers than there are places to run: a message that is handed to a function which cannot start is delivered in vain.
      maxConcurrency: 2,
    });
  }
}
