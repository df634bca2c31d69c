import { Duration } from "aws-cdk-lib";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { EventInvokeConfig, type IFunction } from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { Construct } from "constructs";
import type { HubScope } from "../../arns.ts";
import { busRules } from "../../bus-rights.ts";
import type { HubBus } from "./hub-bus.ts";

/** Resources that the path connects. */
export interface IntakePathProps {
  readonly hub: HubScope;
  readonly bus: HubBus;
  readonly intake: IFunction;
  /** Functions that put valetkey's own events on the bus. */
  readonly senders: readonly IFunction[];
}

/**
 * Path of an event to `intake`. EventBridge tries for an hour to deliver the event. Lambda then runs the function up to three times within minutes. An event that
 * still fails goes whole to a dead-letter queue, and rings an alarm.
 */
export class IntakePath extends Construct {
  constructor(scope: Construct, id: string, { hub, bus, intake, senders }: IntakePathProps) {
    super(scope, id);
    const eventBus = EventBus.fromEventBusName(this, "Bus", bus.busName);
    for (const { name, description, pattern } of busRules(hub)) {
      new Rule(this, name, {
        ruleName: name,
        description,
        eventBus,
        eventPattern: {
          source: [...pattern.source],
          account: [...pattern.account],
          detailType: [...pattern["detail-type"]],
        },
        targets: [new LambdaFunction(intake, { deadLetterQueue: bus.undone, maxEventAge: Duration.hours(1) })],
      });
    }
    // A deployment updates the reader first: each release can read the events of the release before.
    for (const sender of senders) sender.node.addDependency(intake);
    new EventInvokeConfig(this, "Retries", {
      function: intake,
      maxEventAge: Duration.hours(1),
      retryAttempts: 2,
      onFailure: new SqsDestination(bus.undone),
    });
  }
}
