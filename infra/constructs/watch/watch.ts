import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { WatchProps } from "../../watched.ts";
import { AlarmTopic } from "./alarm-topic.ts";
import { Alarms } from "./alarms.ts";
import { addAttackAlarms } from "./attack-alarms.ts";
import { addFaultAlarms } from "./fault-alarms.ts";
import { addLivingKeyAlarms } from "./living-key-alarms.ts";

/**
 * Alarms that need a person, in the parts of docs/runbook.md. All alarms go to one topic, and to the topics of the configuration.
 */
export class Watch extends Construct {
  readonly topic: Topic;
  /** All alarms, for the dashboard. */
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    const { topic, all } = new AlarmTopic(this, "Topics", props.hub, props.receivers);
    const alarms = new Alarms(this, "Alarms", props.hub, all);
    addAttackAlarms(alarms, props);
    addLivingKeyAlarms(alarms, props);
    addFaultAlarms(alarms, props);
    this.topic = topic;
    this.alarms = alarms.all;
  }
}
