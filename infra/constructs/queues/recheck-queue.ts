import { Duration } from "aws-cdk-lib";
import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { HubScope } from "../../arns.ts";
import { FUNCTION_SETTINGS } from "../../function-settings.ts";
import { QueueWithDlq } from "./queue-with-dlq.ts";

/** Upper bound on the messages that are handled at the same time. */
const MESSAGES_AT_ONCE = 3;

/** Queue before `recheck`: a message names a condition that was tightened, or some agents of its place. A message that fails five times rings an alarm. */
export class RecheckQueue extends QueueWithDlq {
  constructor(scope: Construct, id: string, hub: HubScope) {
    super(scope, id, {
      queueName: hub.recheckQueueName,
      // A run that was cut off is repeated soon: denied tasks live meanwhile.
      hiddenSeconds: FUNCTION_SETTINGS.recheck.timeoutSeconds + 10,
      // A connector's credential lives as long as its task.
      retention: Duration.days(1),
    });
  }

  /** Delivers each message by itself, so that one that fails repeats no other. */
  feed(recheck: IFunction): void {
    new EventSourceMapping(this, "QueueToRecheck", {
      target: recheck,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
      // Operators' requests have the rest of the function's concurrency.
      maxConcurrency: MESSAGES_AT_ONCE,
    });
  }
}
