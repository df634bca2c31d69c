import { Duration } from "aws-cdk-lib";
import { Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { EventInvokeConfig, type IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { nameIn } from "../../../functions/hub-names.ts";
import type { HubScope } from "../../arns.ts";

/** Resources that the path connects. */
export interface RotationPathProps {
  readonly hub: HubScope;
  readonly rotate: IFunction;
}

/**
 * Path to `rotate`. Secrets Manager invokes the function for the account's secrets that name it (docs/connectors/rotation.md). A rule invokes it each minute for
 * secrets that are due after their use. The stack creates no secret.
 */
export class RotationPath extends Construct {
  constructor(scope: Construct, id: string, { hub, rotate }: RotationPathProps) {
    super(scope, id);
    rotate.addPermission("SecretsManager", {
      principal: new ServicePrincipal("secretsmanager.amazonaws.com"),
      // Without the source account, a secret of any account could name this function.
      sourceAccount: hub.account,
    });
    new Rule(this, "EachMinute", {
      ruleName: nameIn(hub, "rotate"),
      description: "valetkey: each minute, rotate secrets that tasks have used",
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [
        new LambdaFunction(rotate, {
          event: RuleTargetInput.fromObject({ mode: "due" }),
          retryAttempts: 0,
          maxEventAge: Duration.minutes(1),
        }),
      ],
    });
    // No retries: the next minute does the same, and Secrets Manager itself repeats a failed rotation.
    new EventInvokeConfig(this, "NoRetries", { function: rotate, retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  }
}
