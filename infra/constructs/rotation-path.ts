import { Duration } from "aws-cdk-lib";
import { Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { EventInvokeConfig, type IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { HubScope } from "../rights.ts";

/** What this path connects. */
export interface RotationPathProps {
  readonly hub: HubScope;
  readonly rotate: IFunction;
}

/**
 * Who invokes `rotate`: Secrets Manager, for the secrets of this account that name it (docs/connectors/rotation.md), and a rule each minute
 * for those that wait for a rotation after their use. The stack makes no secret.
 */
export class RotationPath extends Construct {
  constructor(scope: Construct, id: string, { hub, rotate }: RotationPathProps) {
    super(scope, id);
    rotate.addPermission("SecretsManager", {
      principal: new ServicePrincipal("secretsmanager.amazonaws.com"),
      // Without it, a secret of any account could name this function.
      sourceAccount: hub.account,
    });
    new Rule(this, "EachMinute", {
      ruleName: "valetkey-rotate",
      description: "valetkey: rotate what was used",
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [
        new LambdaFunction(rotate, {
          event: RuleTargetInput.fromObject({ mode: "due" }),
          retryAttempts: 0,
          maxEventAge: Duration.minutes(1),
        }),
      ],
    });
    // The next minute does the same, and Secrets Manager tries a failed rotation again itself.
    new EventInvokeConfig(this, "NoRetries", { function: rotate, retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  }
}
