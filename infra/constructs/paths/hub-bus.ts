import { Duration, Validations } from "aws-cdk-lib";
import { CfnEventBus } from "aws-cdk-lib/aws-events";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { HubScope } from "../../arns.ts";
import { busPolicy } from "../../bus-rights.ts";
import { policyDocument } from "../../policy-document.ts";

/**
 * Hub's event bus, on which publishers request endings, and the queue of events that could not be processed. The policy is a property of the bus, so the bus
 * never exists without it.
 */
export class HubBus extends Construct {
  readonly busName: string;
  readonly undone: Queue;

  constructor(scope: Construct, id: string, hub: HubScope) {
    super(scope, id);
    const bus = new CfnEventBus(this, "Bus", {
      name: hub.busName,
      description: "valetkey: publishers' requests to end tasks, and its own events",
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
