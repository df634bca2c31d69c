import { DEFAULT_CEILING, NEVER } from "../functions/core/ceiling/ceiling-actions.ts";
import { EXCEPTED_FROM, type Exception, exceptionsOf } from "../functions/core/ceiling/exceptions.ts";
import { heldLists } from "../functions/core/ceiling/held-lists.ts";
import type { AccountExceptions } from "../functions/core/deployment/account-exceptions.ts";
import type { HeldActions } from "../functions/core/deployment/held-in.ts";
import { nameIn } from "../functions/hub-names.ts";
import { PERSON_TAG, PERSON_TAG_PATTERN, PROBE_ACTION, PROBE_IDENTITY, SESSION_TAGS } from "../functions/names.ts";
import { functionRoleArn, type HubRoles, type HubScope, type NamedHub, taskRolesArn } from "./arns.ts";
import { ownResources } from "./own-resources.ts";
import type { Statement } from "./statement.ts";

/** Statement of a role's trust policy, which names who may assume the role. */
export interface TrustStatement extends Omit<Statement, "Resource"> {
  readonly Principal: { readonly AWS: string | readonly string[] };
}

/** Statement that denies all actions except those it names. */
export interface AllBut extends Omit<Statement, "Action"> {
  readonly Effect: "Deny";
  readonly NotAction: readonly string[];
}

/** Name of the managed policy that is both the permissions policy and the permissions boundary of every task role. */
export const ceilingPolicy = (hub: Pick<HubScope, "prefix">): string => nameIn(hub, "ceiling");

/** Pattern that matches any value except absence and the empty string. */
const PRESENT = "?*";

/**
 * Builds the trust policy of a task role, which admits this hub's exchange and probe. Each session must have tags that name its agent and its task.
 * - STS evaluates three actions for one call (assume, tag, set the source identity), and all three must be allowed. Each condition is in one statement only,
 *   since a trust policy may have 2,048 characters.
 * - The tags of agent and task must be transitive, so that every role which the session assumes has them.
 * - The source identity separates the two. One value is reserved to the probe and every other to the exchange, so neither can pose as the other.
 * - The session's start is an optional tag: every cut of the revocation policy denies a session without it.
 * - A session for a person has one more tag, transitive too. Only the exchange may set it, and only to a value of a pseudonym's form.
 * - Each action has a statement of its own, since it supports only some of the condition keys (Service Authorization Reference, STS).
 */
export function taskRoleTrust(hub: HubRoles): TrustStatement[] {
  const [exchange, probe] = [functionRoleArn("exchange", hub), functionRoleArn("probe", hub)];
  const tagged = {
    [`aws:RequestTag/${SESSION_TAGS.agent}`]: PRESENT,
    [`aws:RequestTag/${SESSION_TAGS.task}`]: PRESENT,
  };
  // An operator can name a key only once, so several operators of the same meaning require several tags.
  const transitive = {
    "ForAnyValue:StringEquals": { "sts:TransitiveTagKeys": SESSION_TAGS.agent },
    "ForAnyValue:StringLike": { "sts:TransitiveTagKeys": SESSION_TAGS.task },
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
      Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": Object.values(SESSION_TAGS) }, ...transitive },
    },
    {
      Sid: "ExchangeTagsThePerson",
      Effect: "Allow",
      Principal: { AWS: exchange },
      Action: ["sts:TagSession"],
      Condition: {
        StringLike: { [`aws:RequestTag/${PERSON_TAG}`]: PERSON_TAG_PATTERN },
        "ForAllValues:StringEquals": { "aws:TagKeys": [...Object.values(SESSION_TAGS), PERSON_TAG] },
        ...transitive,
        "ForAnyValue:StringEqualsIgnoreCase": { "sts:TransitiveTagKeys": PERSON_TAG },
      },
    },
    {
      Sid: "BothNameWhoseItIs",
      Effect: "Allow",
      Principal: { AWS: [exchange, probe] },
      Action: ["sts:SetSourceIdentity"],
    },
  ];
}

/** Builds the trust policy of an account's revoker role, which admits only this hub's reconciler. */
export function revokerTrust(hub: HubRoles): TrustStatement[] {
  return [
    {
      Sid: "ReconcilerAssumes",
      Effect: "Allow",
      Principal: { AWS: functionRoleArn("reconcile", hub) },
      Action: ["sts:AssumeRole"],
    },
  ];
}

/**
 * Builds the rights of the revoker: to write the inline policies of the account's task roles. IAM cannot limit these rights to one inline policy. The boundary
 * prevents a stolen revoker from adding rights: it may write only to a role that still has the boundary.
 */
export function revokerRights(account: string, hub: NamedHub): Statement[] {
  const Resource = [taskRolesArn(account, hub)];
  return [
    {
      Sid: "WriteRevocations",
      Effect: "Allow",
      Action: ["iam:PutRolePolicy", "iam:DeleteRolePolicy"],
      Resource,
      Condition: { StringEquals: { "iam:PermissionsBoundary": ceilingArn(account, hub) } },
    },
    { Sid: "ReadBack", Effect: "Allow", Action: ["iam:GetRolePolicy", "iam:ListRolePolicies"], Resource },
  ];
}

/**
 * Builds the ceiling of an account: the upper bound on every task's rights there, as one managed policy. The policy is attached to each task role, and is also its
 * boundary. `actions` is the platform team's list for the account. The denials override that list, and whatever a resource policy grants to a session by name.
 * @param exceptions named resources on which tasks may do things that are denied elsewhere.
 * @param ownSecretArns ARNs of valetkey's own secrets, in the hub's account; empty elsewhere.
 */
export function ceiling(
  partition: string,
  actions: readonly string[] = DEFAULT_CEILING,
  ownSecretArns: readonly string[] = [],
  exceptions: AccountExceptions = {},
): { readonly allow: readonly Statement[]; readonly deny: readonly (Statement | AllBut | ElsewhereDeny)[] } {
  const excepted = exceptionsOf(exceptions);
  return {
    allow: [
      { Sid: "Ceiling", Effect: "Allow", Action: actions, Resource: ["*"] },
      ...excepted.map(
        ({ action, resources, only }, index): Statement => ({
          Sid: `Exception${index}`,
          Effect: "Allow",
          Action: [action],
          Resource: resources,
          ...(only === undefined ? {} : { Condition: { StringEquals: { [only.key]: only.values } } }),
        }),
      ),
    ],
    deny: [
      ...never(excepted),
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

/** Statement that denies actions on all resources except those it names. */
export interface ElsewhereDeny extends Omit<Statement, "Resource"> {
  readonly Effect: "Deny";
  readonly NotResource: readonly string[];
}

/**
 * Builds the denials for every task. An action with an exception is denied on all resources except those of the exception. On a role that may be passed on,
 * every other action is denied.
 */
function never(excepted: readonly Exception[]): readonly (Statement | AllBut | ElsewhereDeny)[] {
  const open = new Set<string>(excepted.map(({ action }) => EXCEPTED_FROM[action]));
  const always: Statement = {
    Sid: "Never",
    Effect: "Deny",
    Action: NEVER.filter((pattern) => !open.has(pattern)),
    Resource: ["*"],
  };
  if (excepted.length === 0) return [always];
  const roles = excepted.filter(({ action }) => action === "iam:PassRole").flatMap(({ resources }) => resources);
  const elsewhere: ElsewhereDeny = {
    Sid: "NeverElsewhere",
    Effect: "Deny",
    Action: [...open],
    NotResource: [...new Set(excepted.flatMap(({ resources }) => resources))],
  };
  const onlyPass: AllBut = { Sid: "NothingButPass", Effect: "Deny", NotAction: ["iam:PassRole"], Resource: roles };
  return [always, elsewhere, ...(roles.length === 0 ? [] : [onlyPass])];
}

/**
 * Builds the denials that limit a task role to the action names of its ceiling, one list for each managed policy. A pattern in the ceiling also matches actions
 * that AWS adds later, and so may a resource policy. A Deny of all but names does not allow them.
 */
export const heldDenies = ({ actions }: HeldActions): readonly AllBut[] =>
  (heldLists(actions) ?? []).map((names) => ({
    Sid: "NothingUnnamed",
    Effect: "Deny",
    NotAction: names,
    Resource: ["*"],
  }));

/** Names a policy of such a list. Another catalogue or ceiling has policies of other names, so that both apply while one replaces the other. */
export const heldPolicyName = ({ mark }: HeldActions, index: number, hub: Pick<HubScope, "prefix">): string =>
  nameIn(hub, `held-${mark}-${index}`);

/** Builds the ARNs of the policies that limit an account's task roles to named actions. */
export const heldPolicyArns = (account: string, held: HeldActions, hub: NamedHub): readonly string[] =>
  heldDenies(held).map((_, index) => `arn:${hub.partition}:iam::${account}:policy/${heldPolicyName(held, index, hub)}`);

/** Builds the ARN of an account's ceiling. */
export const ceilingArn = (account: string, hub: NamedHub): string =>
  `arn:${hub.partition}:iam::${account}:policy/${ceilingPolicy(hub)}`;
