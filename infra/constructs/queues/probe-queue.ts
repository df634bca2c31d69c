import { Duration } from "aws-cdk-lib";
import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { HubScope } from "../../arns.ts";
import { FUNCTION_SETTINGS } from "../../function-settings.ts";
import { hiddenSecondsOf, QueueWithDlq } from "./queue-with-dlq.ts";

/** Queue before `probe`: a message names an ending. A message that fails five times rings an alarm. Only an observation is lost with it. */
export class ProbeQueue extends QueueWithDlq {
  constructor(scope: Construct, id: string, hub: HubScope) {
    super(scope, id, {
      queueName: hub.probeQueueName,
      hiddenSeconds: hiddenSecondsOf("probe"),
      // Time for five deliveries and some more.
      retention: Duration.hours(1),
    });
  }

  /** Delivers up to five messages at once: a probe waits nearly all the time, so five can wait together. */
  feed(probe: IFunction): void {
    new EventSourceMapping(this, "QueueToProbe", {
      target: probe,
      eventSourceArn: this.queue.queueArn,
      batchSize: 5,
      // No more pollers than reserved executions: a message for a function that cannot start would waste one of its deliveries.
      maxConcurrency: FUNCTION_SETTINGS.probe.reservedConcurrency,
    });
  }
}
