import { Duration } from "aws-cdk-lib";
import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { HubScope } from "../../arns.ts";
import { hiddenSecondsOf, QueueWithDlq } from "./queue-with-dlq.ts";

/**
 * FIFO queue before `revoke-leases`: a message names a credential, and its group is the task. A message that fails five times rings an alarm. No revocation is
 * lost with it, since each minute the sweep requests every revocation that is still open.
 */
export class LeaseRevocationQueue extends QueueWithDlq {
  constructor(scope: Construct, id: string, hub: HubScope) {
    super(scope, id, {
      queueName: hub.leaseRevocationQueueName,
      hiddenSeconds: hiddenSecondsOf("revoke-leases"),
      // The sweep has repeated every older message by then.
      retention: Duration.hours(1),
    });
  }

  /** Delivers each message by itself, so that a provider that does not respond delays one credential and no other. */
  feed(revokeLeases: IFunction): void {
    new EventSourceMapping(this, "QueueToRevokeLeases", {
      target: revokeLeases,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
    });
  }
}
