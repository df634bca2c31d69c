import { FENCE_SECONDS, LIMITS, SIGN_FENCE_SECONDS } from "../../../contract/limits.ts";
import type { Delivery } from "../../../contract/names.ts";
import { withExceptionTerms } from "../../core/ceiling/exception-terms.ts";
import { defined } from "../../core/defined.ts";
import type { InheritedTerms } from "../../core/delegation/inherited-terms.ts";
import type { AccountId } from "../../core/deployment/account-id.ts";
import { type Account, accountOf, type Deployment } from "../../core/deployment/deployment.ts";
import { heldIn } from "../../core/deployment/held-in.ts";
import type { Detail } from "../../core/intent/detail.ts";
import { compileSessionPolicy, type SessionLimits } from "../../core/policy/compile.ts";
import type { Permitted } from "../../core/policy/decide.ts";
import { OBLIGATIONS } from "../../core/policy/obligations.ts";
import { Refusal } from "../../core/refusal.ts";
import { poolIndex } from "../../core/task-path.ts";
import type { LeaseTerms } from "../../core/tasks/lease-deadline.ts";
import { leaseDeadline } from "../../core/tasks/lease-deadline.ts";
import type { SigningRules } from "../../core/tasks/session-vault.ts";
import { fenceFor, type SessionLease, type Task } from "../../core/tasks/task.ts";
import { taskRoleName, taskRoleNames } from "../../hub-names.ts";
import { HELD_TAG, keptTaskRoles } from "../../names.ts";
import { readSecretStatement } from "../secret/secret-statement.ts";
import type { GrantedAws } from "./granted-aws.ts";
import { sharedSessions } from "./share-sessions.ts";

/** Lease that is about to be issued, with its session policy. */
export interface PlannedLease {
  readonly lease: SessionLease;
  readonly policy: string;
  /** Details that the lease serves, each with the number of the lease. */
  readonly granted: readonly GrantedAws[];
  /** Rules of the session, where it stays in the hub. */
  readonly rules?: SigningRules;
}

/** Terms on which all leases of a task are issued. */
export interface Terms extends LeaseTerms {
  /** Terms from the tasks above. */
  readonly inherited?: InheritedTerms;
  /** Delivery of the task's sessions, by its own request, by policy, or by a task above. */
  readonly delivery?: Delivery;
  /** Operations that `@perCall` refuses to requests of the task's sessions; absent where there are none. */
  readonly refusedCalls?: readonly string[];
  /** Longest time to a fence in accounts where IAM cannot be written; seconds, by account. */
  readonly shortened?: ReadonlyMap<AccountId, number>;
}

export type PlannedTask = Pick<Task, "path" | "openedAt" | "expiresAt" | "chain" | "facts" | "details"> & {
  /** Recorded leases; only at a renewal. */
  readonly leases?: readonly SessionLease[];
};

/**
 * Plans the task's leases, in the pool's role for this task. Each account gets one lease, or a few where one session is
 * too small.
 * @param reads ARNs of secrets that the task's sessions read by themselves.
 * @throws {Refusal} intent_too_large, with the size and what to split off; intent_invalid where there are too many
 * sessions; policy_denied where policy no longer lets the task live; contended where the hour in which policy decided
 * has passed.
 */
export function planLeases(
  task: PlannedTask,
  granted: readonly GrantedAws[],
  terms: Terms,
  deployment: Pick<Deployment, "accounts" | "held" | "prefix">,
  nowSeconds: number,
  reads: readonly string[] = [],
): readonly PlannedLease[] {
  if (granted.length === 0) return [];
  const fenceIn = fencesOf(task, terms, deployment, nowSeconds);
  const compile = compilerWithin(limitsOf(task, terms, reads, fenceIn), deployment);
  const sessions = sharedSessions(granted, compile, task.details.length);
  if (sessions.length > LIMITS.leases) {
    throw new Refusal("intent_invalid", {
      say: `The request needs ${sessions.length} AWS sessions, and a task may have ${LIMITS.leases}; split it into several tasks.`,
    });
  }
  return sessions.map(({ granted, policy }) => ({
    lease: { ...leaseFor(task, granted, fenceIn, deployment, nowSeconds), ...defined({ delivery: terms.delivery }) },
    policy: policy.text,
    granted,
  }));
}

/**
 * Compiles the session policy of a planned lease with its fence at one fixed moment. The text is then the same at every
 * renewal. A fence always takes the same number of characters, so the rest of the text equals that of the policy for
 * STS.
 */
export const timelessPolicy = (
  { granted }: PlannedLease,
  task: PlannedTask,
  terms: Terms,
  deployment: Pick<Deployment, "accounts" | "held" | "prefix">,
  reads: readonly string[],
): string =>
  compilerWithin(
    limitsOf(task, terms, reads, () => 0),
    deployment,
  )(granted.flatMap(({ permitted }) => permitted)).text;

/** Limits of the sessions of a task, with the fence of each account. */
type LimitsByAccount = Omit<SessionLimits, "fenceAt" | "held"> & { readonly fenceIn: FenceIn };

/** Computes the fence of the sessions in an account; epoch seconds. */
type FenceIn = (account: AccountId | undefined) => number;

const limitsOf = (task: PlannedTask, terms: Terms, reads: readonly string[], fenceIn: FenceIn): LimitsByAccount => ({
  fenceIn,
  sourceIp: boundAddress(task, terms),
  also: reads.length === 0 ? [] : [readSecretStatement(reads)],
});

const compilerWithin =
  ({ fenceIn, ...limits }: LimitsByAccount, deployment: Pick<Deployment, "accounts" | "held" | "prefix">) =>
  (permitted: readonly Permitted[]) => {
    const [account] = permitted.flatMap(({ pair }) => ("account" in pair ? [pair.account] : []));
    const held = account === undefined ? undefined : heldIn(deployment, account);
    return compileSessionPolicy(
      permitted.map((each) => withExceptionTerms(each, deployment.accounts)),
      { ...limits, fenceAt: fenceIn(account), ...(held ? { held: { ...held, key: HELD_KEY } } : {}) },
    );
  };

/** Condition key of a task role's tag with the mark of the action names to which the role is held. */
export const HELD_KEY = `aws:PrincipalTag/${HELD_TAG}`;

/**
 * Returns the granted details as they are recorded: each AWS detail with the number of its lease. Further parts of a
 * divided detail follow all other details.
 */
export function detailsWithLeases(details: readonly Detail[], planned: readonly PlannedLease[]): readonly Detail[] {
  const recorded = [...details];
  for (const { detail, index } of planned.flatMap(({ granted }) => granted)) recorded[index] = detail;
  return recorded;
}

/**
 * Computes the end of the sessions in each account: the shortest fence of policy, of the tasks above, of the account,
 * and of an account where IAM cannot be written. After the deadline STS would still issue credentials, but dead ones.
 */
function fencesOf(
  task: PlannedTask,
  terms: Terms,
  deployment: Pick<Deployment, "accounts">,
  nowSeconds: number,
): FenceIn {
  const { obligations, inherited, shortened, delivery } = terms;
  const expiresAt = Math.min(task.expiresAt, inherited?.endsAt ?? Number.POSITIVE_INFINITY);
  const deadline = leaseDeadline({ openedAt: task.openedAt, expiresAt }, terms, nowSeconds);
  const stated = OBLIGATIONS.fenceSeconds.keep(obligations, inherited?.fenceSeconds ?? FENCE_SECONDS);
  // A signature that was given works until the fence, so the fence is short unless policy states one.
  const isStated = OBLIGATIONS.fenceSeconds.keep(obligations, Number.POSITIVE_INFINITY) <= FENCE_SECONDS;
  const byPolicy = delivery === "sign" && !isStated ? Math.min(stated, SIGN_FENCE_SECONDS) : stated;
  return (id) => {
    const { fence = FENCE_SECONDS } = (id && accountOf(deployment, id)) ?? {};
    const seconds = Math.min(byPolicy, fence, (id && shortened?.get(id)) ?? FENCE_SECONDS);
    return fenceFor({ expiresAt: deadline }, nowSeconds, seconds);
  };
}

function leaseFor(
  task: PlannedTask,
  granted: readonly GrantedAws[],
  fenceIn: FenceIn,
  deployment: Pick<Deployment, "accounts" | "held" | "prefix">,
  nowSeconds: number,
): SessionLease {
  const [first] = granted;
  if (first?.detail.lease === undefined) throw new RangeError("a lease serves numbered details");
  const { account: id, lease: detail } = first.detail;
  const account = accountOf(deployment, id);
  // A task may outlive the deployment: a later one may have removed or retired the account.
  if (!account || account.retired)
    throw new Refusal("intent_invalid", { say: `The account ${id} is not handed out any more.` });
  const name = `aws-${detail}`;
  return {
    name,
    account: account.id,
    role: roleFor(task, name, account, deployment),
    detail,
    state: "issuing",
    event: task.chain.n + 1,
    startedAt: Math.floor(nowSeconds),
    fenceAt: fenceIn(account.id),
  };
}

/**
 * Returns the role of the lease's earlier sessions while the deployment has that role, otherwise the pool's role for
 * this task. A pool that grew or shrank thus leaves no session alive in a role that the record no longer names.
 */
function roleFor(
  { path, leases }: PlannedTask,
  name: string,
  account: Account,
  deployment: Pick<Deployment, "prefix">,
): string {
  const earlier = leases?.find((lease) => lease.name === name && lease.account === account.id)?.role;
  const existing = taskRoleNames(keptTaskRoles(account), deployment).find((role) => role === earlier);
  return existing ?? taskRoleName(poolIndex(path, account.taskRoles), deployment);
}

/**
 * Returns the one address from which the sessions work; undefined where they are bound to none. A child must run at its
 * parent's address: with two addresses, no request satisfies both conditions.
 */
function boundAddress({ facts }: PlannedTask, { obligations, inherited }: Terms): string | undefined {
  const own = OBLIGATIONS.bindIp.keep(obligations, facts.sourceIp);
  const [address, ...others] = new Set([...(inherited?.allowedAddresses ?? []), ...own]);
  const isElsewhere = inherited?.allowedAddresses.some((each) => each !== facts.sourceIp) ?? false;
  if (others.length > 0 || isElsewhere) throw new Refusal("policy_denied", { denials: [ELSEWHERE] });
  return address;
}

const ELSEWHERE = {
  action: "*",
  target: "*",
  reason:
    "A task above this one is bound to the address of its own request, and this request comes from another address.",
  hint: "Run the sub-agent where the task above it runs.",
} as const;
