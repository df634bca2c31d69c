import { PROBE_ACTION, PROBE_IDENTITY, SESSION_TAGS } from "../functions/names.ts";
import { DEFAULT_CEILING, NEVER, ownResources } from "./ceiling-actions.ts";
import { functionRoleArn, type Statement, taskRoleArns } from "./rights.ts";

/** One statement of a role's trust policy: who may become the role. */
export interface TrustStatement extends Omit<Statement, "Resource"> {
  readonly Principal: { readonly AWS: string | readonly string[] };
}

/** A denial of everything but what it names. */
export interface AllBut extends Omit<Statement, "Action"> {
  readonly Effect: "Deny";
  readonly NotAction: readonly string[];
}

/** Name of the managed policy that is both the rights and the permissions boundary of every task role. */
export const CEILING_POLICY = "valetkey-ceiling";

/** `?*` matches anything but absence and the empty string. */
const PRESENT = "?*";

/**
 * Trust of a task role: the exchange of this hub, and its probe, each only for a session that says which agent and which task it is for. The two tags have
 * to be transitive, so they also stand on whatever the session goes on to assume. The source identity tells the two apart: the probe has
 * one of its own, and the exchange every other, so that neither can pass for the other. The third tag, when a session was begun, is let pass and not
 * required: without it a session is denied by every cut of the revocation policy.
 * One statement an action, since each action knows only some of these condition keys (Service Authorization Reference, STS).
 */
export function taskRoleTrust(hubAccount: string, partition: string): TrustStatement[] {
  const [exchange, probe] = [
    functionRoleArn("exchange", partition, hubAccount),
    functionRoleArn("probe", partition, hubAccount),
  ];
  const tagged = {
    [`aws:RequestTag/${SESSION_TAGS.agent}`]: PRESENT,
    [`aws:RequestTag/${SESSION_TAGS.task}`]: PRESENT,
  };
  const isProbe = { "sts:SourceIdentity": PROBE_IDENTITY };
  return [
    {
      Sid: "ExchangeAssumes",
      Effect: "Allow",
      Principal: { AWS: exchange },
      Action: ["sts:AssumeRole"],
      Condition: { StringLike: { "sts:SourceIdentity": PRESENT, ...tagged }, StringNotEquals: isProbe },
    },
    {
      Sid: "ProbeAssumes",
      Effect: "Allow",
      Principal: { AWS: probe },
      Action: ["sts:AssumeRole"],
      Condition: { StringLike: tagged, StringEquals: isProbe },
    },
    {
      Sid: "BothTag",
      Effect: "Allow",
      Principal: { AWS: [exchange, probe] },
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
      Sid: "ExchangeNamesTheAgent",
      Effect: "Allow",
      Principal: { AWS: exchange },
      Action: ["sts:SetSourceIdentity"],
      Condition: { StringLike: { "sts:SourceIdentity": PRESENT }, StringNotEquals: isProbe },
    },
    {
      Sid: "ProbeNamesItself",
      Effect: "Allow",
      Principal: { AWS: probe },
      Action: ["sts:SetSourceIdentity"],
      Condition: { StringEquals: isProbe },
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
 * @param ownSecretArns where the account is the hub's: the secrets by which valetkey shows who it is, by name.
 */
export function ceiling(
  partition: string,
  actions: readonly string[] = DEFAULT_CEILING,
  ownSecretArns: readonly string[] = [],
): { readonly allow: readonly Statement[]; readonly deny: readonly (Statement | AllBut)[] } {
  return {
    allow: [{ Sid: "Ceiling", Effect: "Allow", Action: actions, Resource: ["*"] }],
    deny: [
      { Sid: "Never", Effect: "Deny", Action: NEVER, Resource: ["*"] },
      {
        Sid: "NeverValetkeyItself",
        Effect: "Deny",
        Action: ["*"],
        Resource: [...ownResources(partition), ...ownSecretArns],
      },
      {
        Sid: "NothingElseForTheProbe",
        Effect: "Deny",
        NotAction: [PROBE_ACTION],
        Resource: ["*"],
        Condition: { StringEquals: { "aws:SourceIdentity": PROBE_IDENTITY } },
      },
    ],
  };
}

/** ARN of an account's ceiling. */
export const ceilingArn = (partition: string, account: string): string =>
  `arn:${partition}:iam::${account}:policy/${CEILING_POLICY}`;
