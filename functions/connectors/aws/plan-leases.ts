import { withExceptionTerms } from "../../core/ceiling/exception-terms.ts";
import type { InheritedTerms } from "../../core/delegation/inherited-terms.ts";
import { type Account, accountOf, type Deployment } from "../../core/deployment/deployment.ts";
import { heldIn } from "../../core/deployment/held-in.ts";
import { type Detail, LIMITS } from "../../core/intent/detail.ts";
import { compileSessionPolicy, type SessionLimits } from "../../core/policy/compile.ts";
import type { Permitted } from "../../core/policy/decide.ts";
import { Refusal } from "../../core/refusal.ts";
import { poolIndex } from "../../core/task-path.ts";
import type { LeaseTerms } from "../../core/tasks/lease-deadline.ts";
import { leaseDeadline } from "../../core/tasks/lease-deadline.ts";
import { fenceFor, type SessionLease, type Task } from "../../core/tasks/task.ts";
import { taskRoleName, taskRoleNames } from "../../hub-names.ts";
import { HELD_TAG, keptTaskRoles } from "../../names.ts";
import { readSecretStatement } from "../secret/secret-statement.ts";
import type { GrantedAws } from "./granted-aws.ts";
import { sharedSessions } from "./share-sessions.ts";

/** A lease that is about to be issued, and the session policy that it will be issued with. */
export interface PlannedLease {
  readonly lease: SessionLease;
  readonly policy: string;
  /** Details that the lease serves, each with the lease's number. */
  readonly granted: readonly GrantedAws[];
}

/** On which terms all of them are issued. */
export interface Terms extends LeaseTerms {
  /** From the tasks above. */
  readonly inherited?: InheritedTerms;
}

export type PlannedTask = Pick<Task, "path" | "openedAt" | "expiresAt" | "chain" | "facts" | "details"> & {
  /** Fields of a renewal. */
  readonly leases?: readonly SessionLease[];
};

/**
 * Plans the task's leases, in the role of the pool that is this task's: one for each account, or few where one session is too small.
 * @param reads ARNs of secrets that the task's sessions read by themselves.
 * @throws {Refusal} intent_too_large, with the size and what to split off; intent_invalid where there are too many sessions; policy_denied
 * where policy lets the task live no longer; contended where the hour has passed in which policy decided.
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
  const limits = limitsOf(task, terms, reads, fenceOf(task, terms, nowSeconds));
  const compile = compilerWithin(limits, deployment);
  const sessions = sharedSessions(granted, compile, task.details.length);
  if (sessions.length > LIMITS.leases) {
    throw new Refusal("intent_invalid", {
      say: `It comes to ${sessions.length} AWS sessions, and a task may have ${LIMITS.leases}; split it over several tasks.`,
    });
  }
  return sessions.map(({ granted, policy }) => ({
    lease: leaseFor(task, granted, limits.fenceAt, deployment, nowSeconds),
    policy: policy.text,
    granted,
  }));
}

/**
 * Compiles the session policy of a planned lease as it is at every renewal: with its fence at one fixed moment. A fence takes as many characters at
 * any moment, so that the rest of the text is the same as in the policy that STS is sent.
 */
export const timelessPolicy = (
  { granted }: PlannedLease,
  task: PlannedTask,
  terms: Terms,
  deployment: Pick<Deployment, "accounts" | "held" | "prefix">,
  reads: readonly string[],
): string =>
  compilerWithin(limitsOf(task, terms, reads, 0), deployment)(granted.flatMap(({ permitted }) => permitted)).text;

const limitsOf = (task: PlannedTask, terms: Terms, reads: readonly string[], fenceAt: number): SessionLimits => ({
  fenceAt,
  sourceIp: boundAddress(task, terms),
  also: reads.length === 0 ? [] : [readSecretStatement(reads)],
});

const compilerWithin =
  (limits: SessionLimits, deployment: Pick<Deployment, "accounts" | "held" | "prefix">) =>
  (permitted: readonly Permitted[]) => {
    const [account] = permitted.flatMap(({ pair }) => ("account" in pair ? [pair.account] : []));
    const held = account === undefined ? undefined : heldIn(deployment, account);
    return compileSessionPolicy(
      permitted.map((each) => withExceptionTerms(each, deployment.accounts)),
      { ...limits, ...(held ? { held: { ...held, key: HELD_KEY } } : {}) },
    );
  };

/** Condition key of the mark that a task role has. */
export const HELD_KEY = `aws:PrincipalTag/${HELD_TAG}`;

/** The granted details as they are recorded: each AWS detail with the number of its lease, further parts of one behind all others. */
export function detailsWithLeases(details: readonly Detail[], planned: readonly PlannedLease[]): readonly Detail[] {
  const recorded = [...details];
  for (const { detail, index } of planned.flatMap(({ granted }) => granted)) recorded[index] = detail;
  return recorded;
}

/** End of the sessions. STS would still issue credentials after the deadline, dead ones. */
function fenceOf(task: PlannedTask, terms: Terms, nowSeconds: number): number {
  const expiresAt = Math.min(task.expiresAt, terms.inherited?.endsAt ?? Number.POSITIVE_INFINITY);
  const deadline = leaseDeadline({ openedAt: task.openedAt, expiresAt }, terms, nowSeconds);
  return fenceFor({ expiresAt: deadline }, nowSeconds);
}

function leaseFor(
  task: PlannedTask,
  granted: readonly GrantedAws[],
  fenceAt: number,
  deployment: Pick<Deployment, "accounts" | "held" | "prefix">,
  nowSeconds: number,
): SessionLease {
  const [first] = granted;
  if (first?.detail.lease === undefined) throw new RangeError("a lease serves numbered details");
  const { account: id, lease: detail } = first.detail;
  const account = accountOf(deployment, id);
  // A task may outlive a deployment that took the account away, or retired it.
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
    fenceAt,
  };
}

/** The role of the lease's sessions so far, as long as that role is kept: a pool that grew or shrank must leave nothing alive behind. */
function roleFor(
  { path, leases }: PlannedTask,
  name: string,
  account: Account,
  deployment: Pick<Deployment, "prefix">,
): string {
  const before = leases?.find((lease) => lease.name === name && lease.account === account.id)?.role;
  const kept = taskRoleNames(keptTaskRoles(account), deployment).find((role) => role === before);
  return kept ?? taskRoleName(poolIndex(path, account.taskRoles), deployment);
}

/** The one address that the sessions work from, or nothing. A child's is where its parent's is: from two there is none from which both would work. */
function boundAddress({ facts }: PlannedTask, { obligations, inherited }: Terms): string | undefined {
  const own = obligations.bindIp && facts.sourceIp !== undefined ? [facts.sourceIp] : [];
  const [address, ...others] = new Set([...(inherited?.allowedAddresses ?? []), ...own]);
  const isElsewhere = inherited?.allowedAddresses.some((each) => each !== facts.sourceIp) ?? false;
  if (others.length > 0 || isElsewhere) throw new Refusal("policy_denied", { denials: [ELSEWHERE] });
  return address;
}

const ELSEWHERE = {
  action: "*",
  target: "*",
  reason: "A task above this one is bound to the address that it asked from, and this is another.",
  hint: "Run the sub-agent where the task above it runs.",
} as const;
