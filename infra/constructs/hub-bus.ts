import { Duration, Validations } from "aws-cdk-lib";
import { CfnEventBus } from "aws-cdk-lib/aws-events";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { busPolicy } from "../bus-rights.ts";
import { policyDocument } from "../policy-document.ts";
import type { HubScope } from "../rights.ts";

/**
 * The hub's event bus, on which endings are asked for from outside, and the queue for events that could not be done. The policy is a
 * property of the bus and no resource of its own, so there is no moment at which the bus is there and its policy is not.
 */
export class HubBus extends Construct {
  readonly busName: string;
  readonly undone: Queue;

  constructor(scope: Construct, id: string, hub: HubScope) {
    super(scope, id);
    const bus = new CfnEventBus(this, "Bus", {
      name: hub.busName,
      description: "valetkey: endings that are asked for from outside",
      policy: policyDocument(busPolicy(hub)).toJSON(),
    });
    this.busName = bus.ref;
    this.undone = new Queue(this, "Undone", {
      queueName: hub.undoneQueueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.undone).acknowledge({
      id: "AwsSolutions-SQS3",
      reason:
        "It is itself where the rules and Lambda set aside what failed: nothing takes messages from it, so none can fail again.",
    });
  }
}
