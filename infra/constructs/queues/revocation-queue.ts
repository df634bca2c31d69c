import { Duration } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { HubScope } from "../../arns.ts";
import { REVOCATION_HIDDEN_SECONDS } from "../../hub-scope.ts";
import { QueueWithDlq } from "./queue-with-dlq.ts";

/**
 * FIFO queue before the reconciler: a message names a task role, and its group is the role. While messages of a group are processed, SQS delivers no others of
 * the group, so each role has one writer. A message that fails five times rings an alarm and no longer blocks the queue. The next sweep requests the role again
 * anyway.
 */
export class RevocationQueue extends QueueWithDlq {
  constructor(scope: Construct, id: string, hub: HubScope) {
    super(scope, id, {
      queueName: hub.revocationQueueName,
      hiddenSeconds: REVOCATION_HIDDEN_SECONDS,
      // The sweep has repeated every older message by then.
      retention: Duration.hours(1),
    });
  }
}
