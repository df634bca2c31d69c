import { Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { nameIn, type Prefixed } from "../../../functions/hub-names.ts";
import type { Config } from "../../config/schema.ts";

/** Topic of all alarms, with the further receivers that the configuration names. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;
  /** The topic, and the topics of the configuration. */
  readonly all: readonly ITopic[];

  constructor(scope: Construct, id: string, hub: Prefixed, receivers: Config["alarms"]) {
    super(scope, id);
    this.topic = new Topic(this, "Topic", { topicName: nameIn(hub, "alarms"), enforceSSL: true });
    // The topic's own policy (for TLS) replaces SNS's default, which allows the account's alarms to publish: allow them again.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "AlarmsOfThisAccount",
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
    for (const address of receivers?.emails ?? []) this.topic.addSubscription(new EmailSubscription(address));
    this.all = [
      this.topic,
      ...(receivers?.topics ?? []).map((arn, index) => Topic.fromTopicArn(this, `Receiver${index + 1}`, arn)),
    ];
  }
}
