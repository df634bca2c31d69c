import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import {
  CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  GetTemplateCommand,
  type Stack,
} from "@aws-sdk/client-cloudformation";
import { DEPLOYMENT_HASH_OUTPUT } from "../../../infra/hub-stack-outputs.ts";
import { bad, type Finding, ok, unknown } from "../finding.ts";
import type { StackTemplate, TemplateOf } from "../synthesise.ts";
import { type AwsAccess, failed, settingsOf } from "./aws-access.ts";

const DRIFT_MS = 120_000;
const PAUSE_MS = 2_000;
/** Most names in one finding. */
const NAMED = 6;

/** Checks that a stack exists and is complete, equals what this checkout would deploy, and has not drifted. */
export async function inspectStack(
  name: string,
  access: AwsAccess,
  templateOf: TemplateOf,
): Promise<readonly Finding[]> {
  const client = new CloudFormationClient(settingsOf(access));
  let stack: Stack | undefined;
  try {
    const { Stacks: stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    stack = stacks?.[0];
  } catch (error) {
    // CloudFormation reports a missing stack only as a ValidationError.
    if (error instanceof Error && error.name === "ValidationError")
      return [bad(`stack ${name}`, "is not there", `npx cdk deploy ${name}`)];
    return [failed(`stack ${name}`, error, "allow cloudformation:DescribeStacks")];
  }
  const status = statusFinding(name, stack?.StackStatus ?? "unknown");
  if (status.state !== "ok") return [status];
  const [build, drift] = await Promise.all([inspectBuild(name, stack, templateOf, client), inspectDrift(name, client)]);
  return [status, build, drift];
}

function statusFinding(name: string, status: string): Finding {
  const check = `stack ${name}`;
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return ok(check, status);
  if (status.endsWith("_IN_PROGRESS")) return unknown(check, status, "look again when it is done");
  return bad(
    check,
    status,
    `what failed: aws cloudformation describe-stack-events --stack-name ${name}; then npx cdk deploy ${name}`,
  );
}

async function inspectBuild(
  name: string,
  stack: Stack | undefined,
  templateOf: TemplateOf,
  client: CloudFormationClient,
): Promise<Finding> {
  const check = `build ${name}`;
  try {
    const { TemplateBody: text = "{}" } = await client.send(
      new GetTemplateCommand({ StackName: name, TemplateStage: "Original" }),
    );
    const built = await templateOf(name);
    if (!built) return unknown(check, "this checkout cannot be built", "npx cdk synth says why");
    const differ = differencesOf(JSON.parse(text) as StackTemplate, built);
    if (differ.length === 0) return ok(check, "is what this checkout would deploy");
    const mend = `npx cdk diff ${name}, then npx cdk deploy ${name}; or check out what is deployed`;
    const hash = hashIn(stack);
    const here = built.Outputs?.[DEPLOYMENT_HASH_OUTPUT]?.Value;
    const policies =
      hash === here ? "" : `other policies or configuration (${short(hash)} there, ${short(here)} here): `;
    return bad(check, `${policies}${listed(differ)}`, mend);
  } catch (error) {
    return failed(check, error, "allow cloudformation:GetTemplate");
  }
}

const hashIn = (stack: Stack | undefined): string | undefined =>
  stack?.Outputs?.find(({ OutputKey: key }) => key === DEPLOYMENT_HASH_OUTPUT)?.OutputValue;

const short = (hash: unknown): string => (typeof hash === "string" ? hash.slice(0, 12) : "none");

async function inspectDrift(name: string, client: CloudFormationClient): Promise<Finding> {
  const check = `drift ${name}`;
  try {
    const { StackDriftDetectionId: id } = await client.send(new DetectStackDriftCommand({ StackName: name }));
    const of = { StackDriftDetectionId: id };
    const deadlineMs = Date.now() + DRIFT_MS;
    let detection = await client.send(new DescribeStackDriftDetectionStatusCommand(of));
    while (detection.DetectionStatus === "DETECTION_IN_PROGRESS" && Date.now() < deadlineMs) {
      await sleep(PAUSE_MS);
      detection = await client.send(new DescribeStackDriftDetectionStatusCommand(of));
    }
    if (detection.DetectionStatus !== "DETECTION_COMPLETE")
      return unknown(check, `CloudFormation says ${detection.DetectionStatus}`, "look again later");
    if (detection.StackDriftStatus !== "DRIFTED") return ok(check, String(detection.StackDriftStatus));
    const { StackResourceDrifts: drifts = [] } = await client.send(
      new DescribeStackResourceDriftsCommand({
        StackName: name,
        StackResourceDriftStatusFilters: ["MODIFIED", "DELETED"],
      }),
    );
    const changed = drifts.map(
      ({ PhysicalResourceId: id, LogicalResourceId: logical, StackResourceDriftStatus: how }) =>
        `${id ?? logical} ${String(how).toLowerCase()}`,
    );
    return bad(
      check,
      listed(changed),
      `somebody has changed them, CloudTrail says who: aws cloudformation describe-stack-resource-drifts --stack-name ${name}; npx cdk deploy --revert-drift ${name} puts them back`,
    );
  } catch (error) {
    return failed(
      check,
      error,
      "allow cloudformation:DetectStackDrift and Describe*, and reading what the stack has (ReadOnlyAccess)",
    );
  }
}

const listed = (names: readonly string[]): string =>
  `${names.slice(0, NAMED).join(", ")}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ""}`;

/** Lists the parts in which two templates differ: names of resources, or `outputs`. Ignores metadata that the CLI adds. */
function differencesOf(deployed: StackTemplate, built: StackTemplate): readonly string[] {
  const [old, current] = [partsOf(deployed), partsOf(built)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(current)])];
  return names.filter((name) => !isDeepStrictEqual(old[name], current[name])).toSorted();
}

function partsOf({
  Resources: resources = {},
  Outputs: outputs = {},
}: StackTemplate): Readonly<Record<string, unknown>> {
  const compared = Object.entries(resources)
    // `cdk deploy` adds a resource with its own statistics, and each resource's source path as metadata.
    .filter(([, { Type: type }]) => type !== "AWS::CDK::Metadata")
    .map(([name, resource]) => [name, { ...resource, Metadata: undefined }]);
  return ascii(Object.fromEntries([...compared, ["outputs", outputs]]));
}

/** Replaces characters beyond ASCII by question marks, as CloudFormation does. */
const ascii = (value: unknown): Readonly<Record<string, unknown>> =>
  JSON.parse(JSON.stringify(value).replace(/\P{ASCII}/gu, "?"));
