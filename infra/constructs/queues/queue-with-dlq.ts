import { Duration } from "aws-cdk-lib";
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption, type QueueProps } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { FunctionName } from "../../../contract/names.ts";
import { FUNCTION_SETTINGS } from "../../function-settings.ts";

/** Properties that differ between queues; all others are house defaults. */
export interface QueueWithDlqProps {
  /** Name of the queue; ends in `.fifo` for a FIFO queue. */
  readonly queueName: string;
  /** Visibility timeout: time for which a delivered message is hidden; seconds. */
  readonly hiddenSeconds: number;
  /** Retention period of messages that nobody received. */
  readonly retention: Duration;
}

/** Returns the visibility timeout of a queue before this function, in seconds: six times the function's time-out (Lambda's advice). */
export const hiddenSecondsOf = (name: FunctionName): number => 6 * FUNCTION_SETTINGS[name].timeoutSeconds;

const FIFO_ENDING = ".fifo";

/** FIFO settings that give each group a throughput of its own, instead of one for the whole queue. */
const FIFO: QueueProps = {
  fifo: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
};

/** Queue with a dead-letter queue. A message that failed five times goes there, where it blocks no other, and `Watch` rings an alarm. */
export abstract class QueueWithDlq extends Construct {
  readonly queue: Queue;
  readonly setAside: Queue;

  constructor(scope: Construct, id: string, { queueName, hiddenSeconds, retention }: QueueWithDlqProps) {
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
      retentionPeriod: retention,
      deadLetterQueue: { queue: this.setAside, maxReceiveCount: 5 },
    });
  }
}
