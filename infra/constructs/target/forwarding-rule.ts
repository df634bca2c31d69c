import { CfnRule } from "aws-cdk-lib/aws-events";
import type { Construct } from "constructs";
import { taskRolesBegin } from "../../../functions/hub-names.ts";
import { CALL_EVENT, forwardingRule } from "../../bus-rights.ts";
import { type ForwardedTo, hubBusArn } from "../../hub-scope.ts";

/**
 * Rule that forwards CloudTrail's events of the account's task roles, in one Region, to the hub's bus. Events come only if a trail of the account and Region
 * logs them. Read events come only in this state of the rule.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export class ForwardingRule extends CfnRule {
  /** @param roleArn role by which EventBridge puts the events on the bus. */
  constructor(scope: Construct, id: string, to: ForwardedTo, roleArn: string) {
    const { name, state } = forwardingRule(to.hub);
    super(scope, id, {
      name,
      description: "valetkey: what task roles call, to the hub's ledger",
      state,
      eventPattern: {
        source: [{ prefix: "aws." }],
        "detail-type": [CALL_EVENT],
        detail: {
          userIdentity: { sessionContext: { sessionIssuer: { userName: [{ prefix: taskRolesBegin(to.hub) }] } } },
        },
      },
      targets: [{ id: "hub", arn: hubBusArn(to), roleArn }],
    });
  }
}
