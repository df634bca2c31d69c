import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  ApplicationLogLevel,
  Architecture,
  CfnFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { FunctionName } from "../../../contract/names.ts";
import { defined } from "../../../functions/core/defined.ts";
import { functionRoleName, taskRolesPattern } from "../../../functions/hub-names.ts";
import { type HubScope, logGroupNameOf, networkArn } from "../../arns.ts";
import { FUNCTION_SETTINGS, reservedConcurrencyOf } from "../../function-settings.ts";
import { packStatements } from "../../pack-statements.ts";
import { policyDocument } from "../../policy-document.ts";
import { isNetworked, logRightsOf, rightsOf } from "../../rights.ts";
import type { Statement } from "../../statement.ts";
import { bundledCode } from "./bundled-code.ts";

/** Properties that differ between functions, beside those of `FUNCTION_SETTINGS`; all others are house defaults. */
export interface LeastFunctionProps {
  readonly name: FunctionName;
  readonly scope: HubScope;
  readonly environment: Readonly<Record<string, string>>;
  /** Files and directories to ship with the bundle: name in the bundle, and source. */
  readonly beside: Readonly<Record<string, string>>;
}

/** Lists the patterns of roles of target accounts among the resources of statements. */
const rolesIn = (statements: readonly Statement[], hub: HubScope): readonly string[] =>
  statements
    .flatMap(({ Resource }) => Resource)
    .filter((resource) => resource.endsWith(`:role/${taskRolesPattern(hub)}`) || resource.includes(":iam::*:role/"));

/**
 * Deployed function with a role of its own. The role allows exactly `rightsOf(name)` and the function's own log group, and no other construct can add rights.
 * X-Ray is off: it would need rights on `*`, and the journal records everything already.
 */
export class LeastFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: LeastFunctionProps) {
    super(scope, id);
    const name = functionRoleName(props.name, props.scope);
    const { summary, memoryMb, timeoutSeconds } = FUNCTION_SETTINGS[props.name];
    const { inline, managed } = packStatements([
      ...rightsOf(props.name, props.scope),
      ...logRightsOf(props.name, props.scope),
    ]);
    const role = new Role(this, "Role", {
      roleName: name,
      description: `valetkey ${props.name}: ${summary}`,
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      inlinePolicies: { rights: policyDocument(inline) },
      managedPolicies: managed.map(
        (statements, index) =>
          new ManagedPolicy(this, `Rights${index + 2}`, {
            description: `valetkey ${props.name}: rights that its role's inline policy has no room for`,
            document: policyDocument(statements),
          }),
      ),
    });
    for (const resource of rolesIn(rightsOf(props.name, props.scope), props.scope)) {
      Validations.of(this).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${resource}]`,
        reason: "Roles of target accounts: a role also has to trust this function, and each in full has no room.",
      });
    }
    for (const resource of logRightsOf(props.name, props.scope).flatMap((statement) => statement.Resource)) {
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${resource}]`,
        reason: "The streams of the function's own log group: Lambda names them, so they cannot be listed.",
      });
    }
    const logGroup = new LogGroup(this, "Log", {
      logGroupName: logGroupNameOf(props.name, props.scope),
      retention: RetentionDays.THREE_MONTHS,
      // The journal is the record, and it is retained; a remaining log group would only block the next deployment.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = new LambdaFunction(this, "Function", {
      functionName: name,
      description: `valetkey ${props.name}: ${summary}`,
      code: bundledCode(props.name, props.beside),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: role.withoutPolicyUpdates(),
      logGroup,
      // Lambda's own lines of each run (START, END, REPORT) repeat its metrics, and cost more than our lines. Time-outs and crashes have level WARN or above.
      // Lambda passes a line that is JSON already on unchanged, whatever its level.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.TRACE,
      tracing: Tracing.DISABLED,
      environment: props.environment,
      memorySize: memoryMb,
      timeout: Duration.seconds(timeoutSeconds),
      ...defined({ reservedConcurrentExecutions: reservedConcurrencyOf(props.name, props.scope) }),
    });
    this.#join(role, props);
  }

  /** Joins the function to the VPC by the ids of subnets and security groups; a subnet determines its VPC. */
  #join(role: Role, { name, scope }: LeastFunctionProps): void {
    const { node } = this.function;
    if (!scope.vpc || !isNetworked(name, scope) || !(node.defaultChild instanceof CfnFunction)) return;
    const { subnets, securityGroups } = scope.vpc;
    node.defaultChild.vpcConfig = { subnetIds: [...subnets], securityGroupIds: [...securityGroups] };
    for (const resource of ["*", networkArn(scope)])
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${resource}]`,
        reason:
          "Lambda makes the function's network interfaces with this role, and names none before; the function's own code is denied all of it.",
      });
  }
}
