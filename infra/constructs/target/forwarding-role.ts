import { CfnRole } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";

/** Role by which EventBridge puts events on the hub's bus, and can do nothing else. */
export class ForwardingRole extends CfnRole {
  constructor(
    scope: Construct,
    id: string,
    { busArn, ...named }: { readonly roleName: string; readonly description: string; readonly busArn: string },
  ) {
    super(scope, id, {
      ...named,
      assumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sts:AssumeRole" }],
      },
      policies: [
        {
          policyName: "rights",
          policyDocument: {
            Version: "2012-10-17",
            Statement: [{ Sid: "Forward", Effect: "Allow", Action: "events:PutEvents", Resource: busArn }],
          },
        },
      ],
    });
  }
}
