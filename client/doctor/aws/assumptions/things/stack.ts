import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { plainName } from "../plain-name.ts";
import { MARKER, type Workshop } from "../workshop.ts";
import { policyOf } from "./role.ts";

/** Stack that a probe made, with one role. */
export interface MadeStack {
  readonly name: string;
  readonly role: string;
}

/** Trust policy that admits nobody: it ends at a moment that is long past. */
export const trustNobody = (workshop: Workshop, until: string): string =>
  policyOf({
    Effect: "Allow",
    Principal: { AWS: `arn:${workshop.partition}:iam::${workshop.place.account}:root` },
    Action: "sts:AssumeRole",
    Condition: { DateLessThan: { "aws:CurrentTime": until } },
  });

/** Longest time that CloudFormation is given to make or delete a role; milliseconds. */
const STACK_MS = 180_000;

/** Error of a stack that reached another state than the wanted one. */
class StackFailed extends Error {
  override readonly name = "StackFailed";
}

/**
 * Makes a stack with a role that admits nobody and may do nothing. AWS's policy `AWSDenyAll` is the role's boundary,
 * and is attached.
 */
export async function makeStack(workshop: Workshop): Promise<MadeStack> {
  const [name, role] = [workshop.name(), workshop.name()];
  const denyAll = `arn:${workshop.partition}:iam::aws:policy/AWSDenyAll`;
  const Role = {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: role,
      AssumeRolePolicyDocument: JSON.parse(trustNobody(workshop, "2001-01-01T00:00:00Z")),
      PermissionsBoundary: denyAll,
      ManagedPolicyArns: [denyAll],
    },
  };
  const client = new CloudFormationClient(workshop.settings);
  const created = new CreateStackCommand({
    StackName: name,
    TemplateBody: JSON.stringify({ Resources: { Role } }),
    OnFailure: "DELETE",
    Capabilities: ["CAPABILITY_NAMED_IAM"],
    Tags: [{ Key: MARKER, Value: workshop.run }],
  });
  await workshop.make(
    `stack ${name} with the role ${role}`,
    async () => {
      await client.send(created);
      await reach(workshop, client, name, "CREATE_COMPLETE");
    },
    async () => {
      await client.send(new DeleteStackCommand({ StackName: name }));
      await deleted(workshop, client, name);
    },
  );
  return { name, role };
}

async function statusOf(client: CloudFormationClient, name: string): Promise<string> {
  const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
  return String(stack?.StackStatus);
}

async function reach(workshop: Workshop, client: CloudFormationClient, name: string, wanted: string): Promise<void> {
  for (const untilMs = Date.now() + STACK_MS; Date.now() < untilMs; await workshop.pause(workshop.waits.pauseMs)) {
    const status = await statusOf(client, name);
    if (status === wanted) return;
    if (!status.endsWith("_IN_PROGRESS")) break;
  }
  throw new StackFailed();
}

/** Waits until a stack is gone; CloudFormation reports a missing stack only as a ValidationError. */
async function deleted({ waits }: Workshop, client: CloudFormationClient, name: string): Promise<void> {
  for (const untilMs = Date.now() + STACK_MS; Date.now() < untilMs; await sleep(waits.pauseMs)) {
    const status = await statusOf(client, name).catch((error: unknown) => {
      if (plainName(error) === "ValidationError") return "DELETE_COMPLETE";
      throw error;
    });
    if (status === "DELETE_COMPLETE") return;
    if (!status.endsWith("_IN_PROGRESS")) break;
  }
  throw new StackFailed();
}
