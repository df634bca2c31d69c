import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { nameIn } from "../../../functions/hub-names.ts";
import type { HubScope } from "../../arns.ts";
import { hiddenSecondsOf, QueueWithDlq } from "../queues/queue-with-dlq.ts";

/** Path to `notify`: a queue that wakes it when a request for approval was recorded, and a rule each minute for reminders and retries. */
export class NotificationPath extends QueueWithDlq {
  readonly #ruleName: string;

  constructor(scope: Construct, id: string, hub: HubScope) {
    super(scope, id, {
      queueName: hub.notificationQueueName,
      hiddenSeconds: hiddenSecondsOf("notify"),
      // Time for five deliveries and some more; the rule does the same each minute.
      retention: Duration.hours(1),
    });
    this.#ruleName = nameIn(hub, "notify");
  }

  feed(notify: IFunction): void {
    new EventSourceMapping(this, "QueueToNotify", {
      target: notify,
      eventSourceArn: this.queue.queueArn,
      // One run processes all inboxes, so messages that come together cost one run.
      batchSize: 10,
      maxConcurrency: 2,
    });
    new Rule(this, "EachMinute", {
      ruleName: this.#ruleName,
      description: "valetkey: each minute, remind people of requests for approval",
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(notify, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
  }
}
