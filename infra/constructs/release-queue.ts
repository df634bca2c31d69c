import { Duration } from "aws-cdk-lib";
import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { RELEASE_QUEUE_NAME } from "../hub-scope.ts";

/** How long taking back one credential may take; the queue waits six times as long before it hands a message out again (Lambda's advice). */
export const RELEASE_TIMEOUT_SECONDS = 30;

/**
 * The FIFO queue before `release`: a message names a credential, its group is the task. What fails five times is set aside, and alarms; nothing
 * is lost with it, since each minute's sweep asks for whatever still stands.
 */
export class ReleaseQueue extends Construct {
  readonly queue: Queue;
  readonly setAside: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.setAside = new Queue(this, "SetAside", {
      queueName: RELEASE_QUEUE_NAME.replace(".fifo", "-set-aside.fifo"),
      fifo: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, "Queue", {
      queueName: RELEASE_QUEUE_NAME,
      fifo: true,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(6 * RELEASE_TIMEOUT_SECONDS),
      // A message older than this says nothing that the sweep has not said again.
      retentionPeriod: Duration.hours(1),
      deadLetterQueue: { queue: this.setAside, maxReceiveCount: 5 },
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
