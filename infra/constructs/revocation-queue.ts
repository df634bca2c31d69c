import { Duration } from "aws-cdk-lib";
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { QUEUE_NAME } from "../hub-scope.ts";

/** How long one run of the reconciler may take. */
export const RECONCILE_TIMEOUT_SECONDS = 30;

/**
 * How long a role is left alone whose writer died, or whose last write may still land: what it did ends within the minute. Lambda advises six times
 * the function's time, for messages that find no free function; here no more are taken than there are functions (`RevocationPath`).
 */
const LEFT_ALONE_SECONDS = 60;

/** The most roles that are written at once: IAM's writes are scarce. */
export const RECONCILE_AT_ONCE = 5;

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
      visibilityTimeout: Duration.seconds(LEFT_ALONE_SECONDS),
      // A message older than this says nothing that the sweep has not said again.
      retentionPeriod: Duration.hours(1),
      deadLetterQueue: { queue: this.setAside, maxReceiveCount: 5 },
    });
  }
}
