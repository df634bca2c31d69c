import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { EventSourceMapping, FilterCriteria, type IFunction, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { nameIn } from "../../../functions/hub-names.ts";
import { WAKES } from "../../../functions/relay/wakes.ts";
import type { HubScope } from "../../arns.ts";
import { FUNCTION_SETTINGS } from "../../function-settings.ts";
import type { RevocationQueue } from "../queues/revocation-queue.ts";
import type { TaskTable } from "../stores/task-table.ts";

/** Resources that the path connects. */
export interface RevocationPathProps {
  readonly hub: HubScope;
  readonly table: TaskTable;
  readonly revocationQueue: RevocationQueue;
  readonly sweep: IFunction;
  readonly relay: IFunction;
  readonly reconcile: IFunction;
}

/**
 * Path of an ending to IAM: table -> stream -> relay -> queue -> reconciler, within seconds. Each minute the sweep ends due tasks, and requests every role
 * again, which repairs any loss on the quick path.
 */
export class RevocationPath extends Construct {
  constructor(scope: Construct, id: string, props: RevocationPathProps) {
    super(scope, id);
    new EventSourceMapping(this, "StreamToRelay", {
      target: props.relay,
      eventSourceArn: props.table.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: Object.values(WAKES).map((pattern) => FilterCriteria.filter(pattern)),
      batchSize: 1_000,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // A record that cannot be sent must not block its shard for a day: by then the sweep has repaired the loss.
      retryAttempts: 10,
      maxRecordAge: Duration.minutes(5),
      // Order does not matter: a message only names a role to reconcile.
      parallelizationFactor: 2,
    });
    new EventSourceMapping(this, "QueueToReconcile", {
      target: props.reconcile,
      eventSourceArn: props.revocationQueue.queue.queueArn,
      // Maximum of a FIFO source: endings of one role that arrive together cost one write.
      batchSize: 10,
      maxConcurrency: FUNCTION_SETTINGS.reconcile.reservedConcurrency(props.hub),
      reportBatchItemFailures: true,
    });
    new Rule(this, "EachMinute", {
      ruleName: nameIn(props.hub, "sweep"),
      description: "valetkey: each minute, end due tasks and render every revocation policy again",
      schedule: Schedule.rate(Duration.minutes(1)),
      // No retry: the next minute does the same.
      targets: [new LambdaFunction(props.sweep, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
  }
}
