import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { App } from "aws-cdk-lib";
import { addStacks } from "../../../infra/add-stacks.ts";

/** Resource of a template, with the properties that this judge reads. */
interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template's properties differ by type, and each reader checks its own.
  readonly Properties: Readonly<Record<string, any>>;
}

/** Source of a function's events, as the template has it. */
export interface Trigger {
  readonly kind: "api" | "queue" | "stream" | "schedule" | "bus" | "rotation";
  /** Route, or the name of the queue, table or rule. */
  readonly from: string;
  /** Event that a schedule's rule sends in place of its own. */
  readonly input?: unknown;
  /** True where Lambda reads the answer's `batchItemFailures`. */
  readonly isPartial?: boolean;
}

/** Function of a synthesised template. */
export interface DeployedFunction {
  readonly name: string;
  /** Folder of the asset: the code as it is deployed. */
  readonly folder: string;
  readonly handler: string;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly logFormat: string;
  /** Variables; a reference to a resource is its name, its ARN or its address, as CloudFormation fills it in. */
  readonly environment: Readonly<Record<string, string>>;
  readonly triggers: readonly Trigger[];
}

/** Place of a deployment: what CloudFormation fills in for a template's references. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** Address of SQS, in which a queue's own address begins. */
  readonly endpoint: string;
}

/** Synthesises the hub with its code, as `cdk deploy` does, and reads its functions from the template. */
export function deployedFunctions(configFile: string, folder: string, place: Place): readonly DeployedFunction[] {
  const outdir = join(folder, "cdk.out");
  const policiesDir = fileURLToPath(new URL("../../../policies", import.meta.url));
  const app = new App({ outdir, context: { "aws:cdk:bundling-stacks": ["*-hub"] } });
  const { hub, synth } = addStacks(app, { configFile, policiesDir, outDir: join(folder, "deployment") });
  synth();
  const template = JSON.parse(readFileSync(join(outdir, hub.templateFile), "utf8"));
  const resources: Readonly<Record<string, Resource>> = template.Resources;
  const functions = Object.entries(resources).filter(([, { Type }]) => Type === "AWS::Lambda::Function");
  return functions.map(([id, { Properties: properties }]) => ({
    name: properties.FunctionName,
    folder: join(outdir, `asset.${properties.Code.S3Key.replace(/\.zip$/, "")}`),
    handler: properties.Handler,
    runtime: properties.Runtime,
    timeoutSeconds: properties.Timeout,
    memoryMb: properties.MemorySize,
    logFormat: properties.LoggingConfig.LogFormat,
    environment: Object.fromEntries(
      Object.entries(properties.Environment.Variables).map(([name, value]) => [
        name,
        filledIn(value, resources, place),
      ]),
    ),
    triggers: triggersOf(id, resources),
  }));
}

/** Fills in a reference as CloudFormation does. @throws {AssertionError} where the judge does not know the reference. */
function filledIn(value: unknown, resources: Readonly<Record<string, Resource>>, place: Place): string {
  if (typeof value === "string") return value;
  const { Ref: ref, "Fn::GetAtt": [of, attribute] = [] } = value as {
    readonly Ref?: string;
    readonly "Fn::GetAtt"?: readonly [string, string];
  };
  const { Type: type = "", Properties: properties = {} } = resources[ref ?? of ?? ""] ?? {};
  if (type === "AWS::SQS::Queue" && ref) return `${place.endpoint}/${place.account}/${properties.QueueName}`;
  if (type === "AWS::DynamoDB::Table" && ref) return properties.TableName;
  if (type === "AWS::Events::EventBus" && ref) return properties.Name;
  // KMS chooses a key's id. No event of this judge has a vote, whose proof alone is put under a key.
  if (type === "AWS::KMS::Key" && attribute === "Arn")
    return `arn:aws:kms:${place.region}:${place.account}:key/${randomUUID()}`;
  return assert.fail(`a variable refers to ${JSON.stringify(value)}`);
}

/** Lists what the template lets invoke a function. */
function triggersOf(id: string, resources: Readonly<Record<string, Resource>>): readonly Trigger[] {
  const all = Object.values(resources);
  const isThis = (reference: unknown): boolean => JSON.stringify(reference)?.includes(`"${id}"`) ?? false;
  return all.flatMap(({ Type: type, Properties: properties }): readonly Trigger[] => {
    switch (type) {
      case "AWS::Lambda::EventSourceMapping": {
        if (!isThis(properties.FunctionName)) return [];
        const [source] = properties.EventSourceArn["Fn::GetAtt"];
        const { QueueName: queue, TableName: table } = resources[source]?.Properties ?? {};
        const isPartial = properties.FunctionResponseTypes?.includes("ReportBatchItemFailures") ?? false;
        return [{ kind: queue ? "queue" : "stream", from: queue ?? table, isPartial }];
      }
      case "AWS::Events::Rule":
        return properties.Targets.filter(({ Arn: arn }: { Arn: unknown }) => isThis(arn)).map(
          ({ Input: input }: { Input?: string }) => ({
            kind: properties.ScheduleExpression ? "schedule" : "bus",
            from: properties.Name,
            ...(input === undefined ? {} : { input: JSON.parse(input) }),
          }),
        );
      case "AWS::ApiGatewayV2::Route": {
        const integration = Object.keys(resources).find(
          (each) =>
            resources[each]?.Type === "AWS::ApiGatewayV2::Integration" &&
            JSON.stringify(properties.Target).includes(`"${each}"`),
        );
        const { IntegrationUri: uri, PayloadFormatVersion: version } = resources[integration ?? ""]?.Properties ?? {};
        if (!isThis(uri)) return [];
        assert.equal(version, "2.0");
        return [{ kind: "api", from: properties.RouteKey }];
      }
      case "AWS::Lambda::Permission":
        return isThis(properties.FunctionName) && properties.Principal === "secretsmanager.amazonaws.com"
          ? [{ kind: "rotation", from: "Secrets Manager" }]
          : [];
      default:
        return [];
    }
  });
}
