import {
  CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
} from "@aws-sdk/client-cloudformation";
import {
  DeleteRolePermissionsBoundaryCommand,
  DetachRolePolicyCommand,
  IAMClient,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { makeStack, trustNobody } from "../things/stack.ts";
import type { Workshop } from "../workshop.ts";

/** Parts of a role that are changed, by their names in CloudFormation. */
const PARTS = {
  AssumeRolePolicyDocument: "trust",
  PermissionsBoundary: "boundary",
  ManagedPolicyArns: "policies",
} as const;
const DETECTION_MS = 120_000;

/**
 * Tries whether CloudFormation finds changes of a role's trust, boundary and attached policies that were made outside
 * of its stack.
 */
export async function driftIsFound(workshop: Workshop): Promise<Seen> {
  const { name, role } = await makeStack(workshop);
  const client = new CloudFormationClient(workshop.settings);
  const before = await driftOf(workshop, client, name);
  if (before === undefined) return notKnown("CloudFormation did not finish its look at the stack");
  if (before.length > 0) return notKnown(`the stack had drifted before anything was changed: ${before.join(", ")}`);
  const [iam, RoleName] = [new IAMClient(workshop.settings), role];
  workshop.check();
  // The trust admits nobody before or after, so nobody can use the role while it has no boundary.
  const PolicyDocument = trustNobody(workshop, "2002-02-02T00:00:00Z");
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
  await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
  const PolicyArn = `arn:${workshop.partition}:iam::aws:policy/AWSDenyAll`;
  await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  const found = await driftOf(workshop, client, name);
  if (found === undefined) return notKnown("CloudFormation did not finish its second look at the stack");
  const missed = Object.values(PARTS).filter((part) => !found.includes(part));
  return missed.length === 0
    ? holds("a changed trust, boundary and list of policies were each found")
    : failsToHold(`a role's changed ${missed.join(", ")} was not found`);
}

/**
 * Lists the parts of the stack's role that CloudFormation finds changed; undefined where the detection does not finish.
 */
async function driftOf(
  workshop: Workshop,
  client: CloudFormationClient,
  StackName: string,
): Promise<readonly string[] | undefined> {
  const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName }));
  for (const untilMs = Date.now() + DETECTION_MS; ; await workshop.pause(workshop.waits.pauseMs)) {
    const detection = await client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
    if (detection.DetectionStatus === "DETECTION_COMPLETE") break;
    if (detection.DetectionStatus !== "DETECTION_IN_PROGRESS" || Date.now() > untilMs) return undefined;
  }
  const { StackResourceDrifts: drifts = [] } = await client.send(new DescribeStackResourceDriftsCommand({ StackName }));
  const paths = drifts.flatMap(({ PropertyDifferences: differences = [] }) =>
    differences.map(({ PropertyPath: path = "" }) => path),
  );
  return Object.entries(PARTS).flatMap(([property, part]) =>
    paths.some((path) => path.split("/")[1] === property) ? [part] : [],
  );
}
