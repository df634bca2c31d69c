import {
  CreatePolicyCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { defined } from "../../../../../functions/core/defined.ts";
import { plainName } from "../plain-name.ts";
import { MARKER, type Workshop } from "../workshop.ts";

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export const policyOf = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** Role that a probe made. */
export interface MadeRole {
  readonly name: string;
  readonly arn: string;
}

interface RoleOptions {
  readonly tags?: Readonly<Record<string, string>>;
  /** ARN of the managed policy that bounds the role. */
  readonly boundary?: string | undefined;
  /** True where other roles of the probe assume this role, and its maker does not. */
  readonly isForSiblings?: boolean;
}

/**
 * Time after which nobody can assume a role of a probe; milliseconds. The time is longer than a whole run. A role that
 * a killed run leaves behind is unusable after it.
 */
const TRUSTED_MS = 3_600_000;

/**
 * Makes a role with one policy. The role trusts one caller for an hour: its maker's own session, by `aws:userid`. A
 * role for siblings trusts the workshop's other roles instead.
 */
export async function makeRole(
  workshop: Workshop,
  policy: string,
  { tags = {}, boundary, isForSiblings = false }: RoleOptions = {},
): Promise<MadeRole> {
  const name = workshop.name();
  const iam = new IAMClient(workshop.settings);
  const created = new CreateRoleCommand({
    RoleName: name,
    AssumeRolePolicyDocument: trustOf(workshop, isForSiblings),
    MaxSessionDuration: 3_600,
    ...defined({ PermissionsBoundary: boundary }),
    Tags: Object.entries({ [MARKER]: workshop.run, ...tags }).map(([Key, Value]) => ({ Key, Value })),
  });
  await workshop.make(
    `role ${name}`,
    () => iam.send(created),
    async () => {
      await iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: MARKER })).catch(unlessMissing);
      await iam.send(new DeleteRoleCommand({ RoleName: name }));
    },
  );
  await putPolicy(workshop, name, policy);
  return { name, arn: workshop.arn("iam", `role/${name}`, "") };
}

function trustOf({ partition, place, names }: Workshop, isForSiblings: boolean): string {
  const by = isForSiblings
    ? { ArnLike: { "aws:PrincipalArn": `arn:${partition}:iam::${place.account}:role/${names}` } }
    : { StringEquals: { "aws:userid": place.caller.userId } };
  const until = new Date(Date.now() + TRUSTED_MS).toISOString();
  return policyOf({
    Effect: "Allow",
    Principal: { AWS: `arn:${partition}:iam::${place.account}:root` },
    Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    Condition: { ...by, DateLessThan: { "aws:CurrentTime": until } },
  });
}

/** Replaces the policy of a role that the probe made. */
export async function putPolicy(workshop: Workshop, role: string, policy: string): Promise<void> {
  workshop.check();
  const put = new PutRolePolicyCommand({ RoleName: role, PolicyName: MARKER, PolicyDocument: policy });
  await new IAMClient(workshop.settings).send(put);
}

/** Makes a managed policy. @returns its ARN. */
export async function makePolicy(workshop: Workshop, document: string): Promise<string> {
  const name = workshop.name();
  const arn = workshop.arn("iam", `policy/${name}`, "");
  const iam = new IAMClient(workshop.settings);
  await workshop.make(
    `policy ${name}`,
    () => iam.send(new CreatePolicyCommand({ PolicyName: name, PolicyDocument: document })),
    () => iam.send(new DeletePolicyCommand({ PolicyArn: arn })),
  );
  return arn;
}

function unlessMissing(error: unknown): void {
  if (!["NoSuchEntity", "NoSuchEntityException"].includes(plainName(error))) throw error;
}
