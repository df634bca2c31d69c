import { Duration } from "aws-cdk-lib";
import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { HubScope } from "../../arns.ts";
import { hiddenSecondsOf, QueueWithDlq } from "./queue-with-dlq.ts";

/** Upper bound on the deadlines that are processed at the same time. */
const DEADLINES_AT_ONCE = 5;

/**
 * Queue of deadlines: a message names a connector's credential, and arrives when the credential is due. A standard queue, since a FIFO queue has no delay for a
 * single message. In a FIFO queue, one hidden message would also block all others of its task.
 */
export class DeadlineQueue extends QueueWithDlq {
  constructor(scope: Construct, id: string, hub: HubScope) {
    super(scope, id, {
      queueName: hub.deadlineQueueName,
      hiddenSeconds: hiddenSecondsOf("revoke-leases"),
      // Longer than the longest task.
      retention: Duration.days(1),
    });
  }

  /** Delivers each message by itself, so that a due credential does not wait for another one's provider. */
  feed(revokeLeases: IFunction): void {
    new EventSourceMapping(this, "DeadlineToRevokeLeases", {
      target: revokeLeases,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
      // Half of the function's concurrency, so that a requested ending does not wait behind ten thousand deadlines of the same second.
      maxConcurrency: DEADLINES_AT_ONCE,
    });
  }
}
