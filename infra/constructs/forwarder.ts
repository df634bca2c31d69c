import { CfnRule } from "aws-cdk-lib/aws-events";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { busArn } from "../arns.ts";
import { CALL_EVENT, FORWARDER_ROLE } from "../bus-rights.ts";
import { BUS_NAME } from "../hub-scope.ts";

/** Properties of the forwarder. */
export interface ForwarderProps {
  readonly partition: string;
  readonly hub: { readonly account: string; readonly region: string };
}

/**
 * Rule that forwards CloudTrail's events of the account's task roles to the hub's bus, and the role by which EventBridge does it. Events come only where
 * a trail of the account and Region logs them, and read events only in this state of the rule.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export class Forwarder extends Construct {
  constructor(scope: Construct, id: string, { partition, hub }: ForwarderProps) {
    super(scope, id);
    const bus = busArn({ partition, ...hub, busName: BUS_NAME });
    const role = new CfnRole(this, "Role", {
      roleName: FORWARDER_ROLE,
      description: "valetkey: EventBridge forwards CloudTrail's events of the task roles to the hub's bus",
      assumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sts:AssumeRole" }],
      },
      policies: [
        {
          policyName: "rights",
          policyDocument: {
            Version: "2012-10-17",
            Statement: [{ Sid: "Forward", Effect: "Allow", Action: "events:PutEvents", Resource: bus }],
          },
        },
      ],
    });
    new CfnRule(this, "Rule", {
      name: "valetkey-calls",
      description: "valetkey: what task roles call, to the hub's ledger",
      state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
      eventPattern: {
        "detail-type": [CALL_EVENT],
        detail: { userIdentity: { sessionContext: { sessionIssuer: { userName: [{ prefix: "valetkey-task-" }] } } } },
      },
      targets: [{ id: "hub", arn: bus, roleArn: role.attrArn }],
    });
  }
}
