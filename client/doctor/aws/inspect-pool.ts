import {
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  NoSuchEntityException,
} from "@aws-sdk/client-iam";
import type { HeldActions } from "../../../functions/core/deployment/held-in.ts";
import { revokerRole, taskRoleName } from "../../../functions/hub-names.ts";
import { PERSON_TAG, REVOCATION_POLICY } from "../../../functions/names.ts";
import type { HubRoles } from "../../../infra/arns.ts";
import { targetStackOf } from "../../../infra/calls-places.ts";
import {
  ceilingArn,
  heldPolicyArns,
  revokerTrust,
  type TrustStatement,
  taskRoleTrust,
} from "../../../infra/target-rights.ts";
import { bad, type Finding, ok } from "../finding.ts";
import { type AwsAccess, failed, settingsOf } from "./aws-access.ts";
import { saysTheSame } from "./same-document.ts";

/** Deployment that a target account's pool belongs to. */
export interface PoolOf {
  readonly hub: HubRoles;
  readonly taskRoles: number;
  /** Action names that alone the roles may use; absent where only the ceiling's patterns bound the roles. */
  readonly held: HeldActions | undefined;
  /** True where sessions for people are to have their tag. */
  readonly personTag: boolean;
}

/** Expected state of a role. */
interface Wanted {
  readonly name: string;
  /** Statements of its trust policy. */
  readonly trust: readonly TrustStatement[];
  /** True where the role has to admit sessions with the tag of people. */
  readonly admitsPeople: boolean;
  /** Managed policy that is the role's boundary, and is attached; absent for the revoker. */
  readonly ceiling: string | undefined;
  /** Further attached policies, which deny what the ceiling does not name. */
  readonly held: readonly string[];
  readonly inline: readonly string[];
}

/** Roles that are checked at once, since IAM's rate limits are low. */
const AT_ONCE = 5;

/** Checks that each role of the pool, and the revoker, exists, trusts only the hub, and has no further rights. */
export async function inspectPool(access: AwsAccess, { hub, taskRoles, held, personTag }: PoolOf): Promise<Finding> {
  const check = `roles ${access.account}`;
  const ceiling = ceilingArn(access.account, hub);
  const denies = held ? heldPolicyArns(access.account, held, hub) : [];
  const pool = Array.from({ length: taskRoles }, (_, index): Wanted => {
    const name = taskRoleName(index, hub);
    const trust = taskRoleTrust(hub);
    return { name, trust, admitsPeople: personTag, ceiling, held: denies, inline: [REVOCATION_POLICY] };
  });
  const wanted = [
    ...pool,
    {
      name: revokerRole(hub),
      ceiling: undefined,
      held: [],
      admitsPeople: false,
      trust: revokerTrust(hub),
      inline: ["rights"],
    },
  ];
  const client = new IAMClient(settingsOf(access));
  try {
    const faults: string[] = [];
    for (let first = 0; first < wanted.length; first += AT_ONCE) {
      const some = wanted.slice(first, first + AT_ONCE);
      const found = await Promise.all(some.map((role) => faultsOf(role, client)));
      faults.push(...found.flat());
    }
    faults.push(...(await behindThePool(taskRoleName(taskRoles, hub), client)));
    return faults.length === 0
      ? ok(check, `${taskRoles} task roles under their boundary, and the revoker`)
      : bad(check, faults.join("; "), mendOf(faults, targetStackOf(access.account, hub)));
  } catch (error) {
    const needs = "allow iam:GetRole, iam:ListRolePolicies and iam:ListAttachedRolePolicies";
    return failed(check, error, needs);
  }
}

const BEHIND = "is there, and no pool has it: nothing that lives there is revoked";

/** Finds a role of a formerly larger pool. Sessions in such a role are not revoked, and live to their fence. */
async function behindThePool(name: string, client: IAMClient): Promise<readonly string[]> {
  try {
    await client.send(new GetRoleCommand({ RoleName: name }));
    return [`${name} ${BEHIND}`];
  } catch (error) {
    if (error instanceof NoSuchEntityException) return [];
    throw error;
  }
}

async function faultsOf(wanted: Wanted, client: IAMClient): Promise<readonly string[]> {
  const { name, ceiling, held, trust } = wanted;
  try {
    const of = { RoleName: name };
    const [{ Role: role }, { PolicyNames: inline = [] }, { AttachedPolicies: attached = [] }] = await Promise.all([
      client.send(new GetRoleCommand(of)),
      client.send(new ListRolePoliciesCommand(of)),
      client.send(new ListAttachedRolePoliciesCommand(of)),
    ]);
    const foreign = [
      ...inline.filter((policy) => !wanted.inline.includes(policy)),
      ...attached.map(({ PolicyArn: arn = "" }) => arn).filter((arn) => arn !== ceiling && !held.includes(arn)),
    ];
    const isAttached = (wanted: string) => attached.some(({ PolicyArn: arn }) => arn === wanted);
    const lacks = ceiling !== undefined && !isAttached(ceiling);
    const isUnheld = !held.every(isAttached);
    const boundary = role?.PermissionsBoundary?.PermissionsBoundaryArn;
    const statements = statementsIn(role?.AssumeRolePolicyDocument);
    const trusted = principalsIn(trust);
    const strangers = principalsIn(statements).filter((principal) => !trusted.includes(principal));
    const lacksPeople = wanted.admitsPeople && !JSON.stringify(statements).includes(PERSON_TAG);
    const isOtherwise = strangers.length === 0 && !lacksPeople && !saysTheSame(statements, trust);
    return [
      ...(boundary === ceiling ? [] : [`${name} has ${boundary ?? "no"} boundary`]),
      ...(lacks ? [`${name} lacks its rights`] : []),
      ...(isUnheld ? [`${name} is not held to the names of its ceiling`] : []),
      ...foreign.map((policy) => `${name} has the foreign policy ${policy}`),
      ...new Set(strangers.map((principal) => `${name} trusts ${principal}`)),
      ...(lacksPeople ? [`${name} ${NO_PEOPLE}`] : []),
      ...(isOtherwise ? [`${name} trusts them on other conditions than its stack says`] : []),
    ];
  } catch (error) {
    if (error instanceof NoSuchEntityException) return [`${name} is not there`];
    throw error;
  }
}

const NO_PEOPLE = `admits no session with the tag ${PERSON_TAG}, which the account's personTag says`;

/** Reads the statements of a policy document as IAM sends it. */
function statementsIn(document: string | undefined): readonly object[] {
  const { Statement: statements } = JSON.parse(decodeURIComponent(document ?? "%7B%7D")) as { Statement?: unknown };
  return [statements ?? []].flat().map(Object);
}

/**
 * Lists the principals of a trust policy. A deleted role appears by its id (`AROA...`); a new role of the same name has
 * another id.
 */
const principalsIn = (statements: readonly object[]): readonly string[] =>
  statements
    .flatMap((statement) =>
      Object.values(Object((statement as { Principal?: unknown }).Principal ?? { none: "nobody" })),
    )
    .flat()
    .map(String);

function mendOf(faults: readonly string[], stack: string): string {
  const deploy = `npx cdk deploy ${stack}`;
  if (faults.every((fault) => fault.includes(BEHIND)))
    return "set formerTaskRoles in valetkey.json and deploy the hub; once nothing can live there (docs/lifecycle.md), take it out and delete the role";
  return faults.every((fault) => fault.endsWith("is not there") || fault.endsWith(NO_PEOPLE))
    ? deploy
    : `somebody has changed them, CloudTrail says who: take off what is foreign (aws iam delete-role-policy, detach-role-policy), then ${deploy}`;
}
