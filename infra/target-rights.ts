import { SESSION_TAGS } from "../functions/names.ts";
import { DEFAULT_CEILING, NEVER, ownResources } from "./ceiling-actions.ts";
import { functionRoleArn, type Statement, taskRoleArns } from "./rights.ts";

/** One statement of a role's trust policy: who may become the role. */
export interface TrustStatement extends Omit<Statement, "Resource"> {
  readonly Principal: { readonly AWS: string };
}

/** Name of the managed policy that is both the rights and the permissions boundary of every task role. */
export const CEILING_POLICY = "valetkey-ceiling";

/** `?*` matches anything but absence and the empty string. */
const PRESENT = "?*";

/**
 * Trust of a task role: the exchange of this hub alone, and only for a session that says which agent and which task it
 * is for. The two tags have to be transitive, so they also stand on whatever the session goes on to assume.
 * One statement an action, since each action knows only some of these condition keys (Service Authorization Reference, STS).
 */
export function taskRoleTrust(hubAccount: string, partition: string): TrustStatement[] {
  const only = { Effect: "Allow", Principal: { AWS: functionRoleArn("exchange", partition, hubAccount) } } as const;
  const tagged = {
    [`aws:RequestTag/${SESSION_TAGS.agent}`]: PRESENT,
    [`aws:RequestTag/${SESSION_TAGS.task}`]: PRESENT,
  };
  return [
    {
      ...only,
      Sid: "ExchangeAssumes",
      Action: ["sts:AssumeRole"],
      Condition: { StringLike: { "sts:SourceIdentity": PRESENT, ...tagged } },
    },
    {
      ...only,
      Sid: "ExchangeTags",
      Action: ["sts:TagSession"],
      Condition: {
        StringLike: tagged,
        "ForAllValues:StringEquals": { "aws:TagKeys": Object.values(SESSION_TAGS) },
        // One operator may name a key once: two operators of the same meaning require both tags.
        "ForAnyValue:StringEquals": { "sts:TransitiveTagKeys": SESSION_TAGS.agent },
        "ForAnyValue:StringLike": { "sts:TransitiveTagKeys": SESSION_TAGS.task },
      },
    },
    {
      ...only,
      Sid: "ExchangeNamesTheAgent",
      Action: ["sts:SetSourceIdentity"],
      Condition: { StringLike: { "sts:SourceIdentity": PRESENT } },
    },
  ];
}

/** Trust of an account's revoker role: the reconciler of this hub alone. */
export function revokerTrust(hubAccount: string, partition: string): TrustStatement[] {
  return [
    {
      Sid: "ReconcilerAssumes",
      Effect: "Allow",
      Principal: { AWS: functionRoleArn("reconcile", partition, hubAccount) },
      Action: ["sts:AssumeRole"],
    },
  ];
}

/**
 * Rights of the revoker: the inline policies of the pool's roles. IAM cannot say which inline policy, so what keeps a
 * stolen revoker from adding rights is the boundary; it may write only to a role that still has it.
 */
export function revokerRights(partition: string, account: string, taskRoles: number): Statement[] {
  const Resource = taskRoleArns(partition, account, taskRoles);
  return [
    {
      Sid: "WriteRevocations",
      Effect: "Allow",
      Action: ["iam:PutRolePolicy", "iam:DeleteRolePolicy"],
      Resource,
      Condition: { StringEquals: { "iam:PermissionsBoundary": ceilingArn(partition, account) } },
    },
    { Sid: "ReadBack", Effect: "Allow", Action: ["iam:GetRolePolicy", "iam:ListRolePolicies"], Resource },
  ];
}

/**
 * The ceiling of an account: all that any task there can ever have, as one managed policy that is attached to each task
 * role and is also its boundary. `actions` is what the platform team lists for the account; the denials hold whatever
 * it lists, and whatever a resource policy grants to a session by name, since an explicit Deny wins over both.
 */
export function ceiling(
  partition: string,
  actions: readonly string[] = DEFAULT_CEILING,
): { readonly allow: readonly Statement[]; readonly deny: readonly Statement[] } {
  return {
    allow: [{ Sid: "Ceiling", Effect: "Allow", Action: actions, Resource: ["*"] }],
    deny: [
      { Sid: "Never", Effect: "Deny", Action: NEVER, Resource: ["*"] },
      { Sid: "NeverValetkeyItself", Effect: "Deny", Action: ["*"], Resource: ownResources(partition) },
    ],
  };
}

/** ARN of an account's ceiling. */
export const ceilingArn = (partition: string, account: string): string =>
  `arn:${partition}:iam::${account}:policy/${CEILING_POLICY}`;
