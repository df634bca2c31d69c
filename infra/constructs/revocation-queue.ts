import { Duration } from "aws-cdk-lib";
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { QUEUE_NAME } from "../hub-scope.ts";

/** How long one run of the reconciler may take; the queue waits six times as long before it hands a message out again (Lambda's advice). */
export const RECONCILE_TIMEOUT_SECONDS = 30;

/**
 * The FIFO queue before the reconciler: a message names a task role, its group is the role, and SQS hands out one message
 * of a group at a time, so each role has one writer. What fails five times is set aside, and alarms: the queue must not
 * stand still behind it, and the next minute's sweep asks for the role again anyway.
 */
export class RevocationQueue extends Construct {
  readonly queue: Queue;
  readonly setAside: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.setAside = new Queue(this, "SetAside", {
      queueName: QUEUE_NAME.replace(".fifo", "-set-aside.fifo"),
      fifo: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, "Queue", {
      queueName: QUEUE_NAME,
      fifo: true,
      // A throughput of its own for each role, rather than one for all.
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(6 * RECONCILE_TIMEOUT_SECONDS),
      // A message older than this says nothing that the sweep has not said again.
      retentionPeriod: Duration.hours(1),
      deadLetterQueue: { queue: this.setAside, maxReceiveCount: 5 },
    });
  }
}
