import { Duration } from "aws-cdk-lib";
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption, type QueueProps } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

/** What differs between queues. Everything else is a house default. */
export interface KeptQueueProps {
  /** Ends in `.fifo` where groups have an order. */
  readonly queueName: string;
  /** How long a message that was handed out is kept from others. */
  readonly hiddenSeconds: number;
  /** How long a message that nobody took is worth anything. */
  readonly kept: Duration;
}

const FIFO_ENDING = ".fifo";

/** A throughput of its own for each group, rather than one for all. */
const FIFO: QueueProps = {
  fifo: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
};

/** A queue, and the one beside it in which what was delivered five times is set aside: it must not stand still behind that, and `Watch` alarms. */
export abstract class KeptQueue extends Construct {
  readonly queue: Queue;
  readonly setAside: Queue;

  constructor(scope: Construct, id: string, { queueName, hiddenSeconds, kept }: KeptQueueProps) {
    super(scope, id);
    const isFifo = queueName.endsWith(FIFO_ENDING);
    const ending = isFifo ? FIFO_ENDING : "";
    const safe: QueueProps = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    this.setAside = new Queue(this, "SetAside", {
      queueName: `${queueName.slice(0, queueName.length - ending.length)}-set-aside${ending}`,
      ...(isFifo ? { fifo: true } : {}),
      ...safe,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, "Queue", {
      queueName,
      ...(isFifo ? FIFO : {}),
      ...safe,
      visibilityTimeout: Duration.seconds(hiddenSeconds),
      retentionPeriod: kept,
      deadLetterQueue: { queue: this.setAside, maxReceiveCount: 5 },
    });
  }
}
