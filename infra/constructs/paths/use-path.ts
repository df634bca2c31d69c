import { Duration } from "aws-cdk-lib";
import { EventBus, Match, Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction, SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { nameIn } from "../../../functions/hub-names.ts";
import type { HubScope } from "../../arns.ts";
import { CALL_EVENT } from "../../bus-rights.ts";
import { USE_BATCHES } from "../../use-batches.ts";
import { hiddenSecondsOf, QueueWithDlq } from "../queues/queue-with-dlq.ts";
import type { HubBus } from "./hub-bus.ts";

/** Path of CloudTrail's events of task roles. Target accounts forward them to the hub's bus, and a queue passes them to `observe`. */
export class UsePath extends QueueWithDlq {
  readonly #hub: HubScope;

  constructor(scope: Construct, id: string, hub: HubScope, bus: HubBus) {
    super(scope, id, {
      queueName: hub.useQueueName,
      hiddenSeconds: hiddenSecondsOf("observe"),
      retention: Duration.days(4),
    });
    this.#hub = hub;
    new Rule(this, "Calls", {
      ruleName: nameIn(hub, "calls"),
      description: "valetkey: calls of task roles, as CloudTrail reports them, to the ledger",
      eventBus: EventBus.fromEventBusName(this, "Bus", bus.busName),
      eventPattern: { source: Match.prefix("aws."), detailType: [CALL_EVENT] },
      targets: [new SqsQueue(this.queue)],
    });
  }

  /** Gives `observe` the events. Starts it each hour, too, to count what an earlier hour's ended tasks left unused. */
  feed(observe: IFunction): void {
    new Rule(this, "EachHour", {
      ruleName: nameIn(this.#hub, "rights"),
      description: "valetkey: each hour, count the rights that ended tasks left unused",
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(observe, { retryAttempts: 2, maxEventAge: Duration.hours(1) })],
    });
    new EventSourceMapping(this, "QueueToObserve", {
      target: observe,
      eventSourceArn: this.queue.queueArn,
      batchSize: USE_BATCHES.size,
      maxBatchingWindow: Duration.seconds(USE_BATCHES.windowSeconds),
      maxConcurrency: USE_BATCHES.atOnce,
      reportBatchItemFailures: true,
    });
  }
}
