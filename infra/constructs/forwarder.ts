import { CfnRole } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { FORWARDER_ROLE } from "../bus-rights.ts";
import { type ForwardedTo, hubBusArn } from "../hub-scope.ts";
import { ForwardingRule } from "./forwarding-rule.ts";

/** Forwarding rule of the account's own Region, and the role by which EventBridge forwards in every Region of the account. */
export class Forwarder extends Construct {
  constructor(scope: Construct, id: string, to: ForwardedTo) {
    super(scope, id);
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
            Statement: [{ Sid: "Forward", Effect: "Allow", Action: "events:PutEvents", Resource: hubBusArn(to) }],
          },
        },
      ],
    });
    new ForwardingRule(this, "Rule", to, role.attrArn);
  }
}
