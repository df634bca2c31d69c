import type { LeaseTerms } from "../../core/connectors/connector.ts";
import type { InheritedTerms } from "../../core/delegation/inherited-terms.ts";
import { type Account, accountOf, type Deployment } from "../../core/deployment/deployment.ts";
import { type AwsDetail, LIMITS } from "../../core/intent/detail.ts";
import { compileSessionPolicy, SESSION_POLICY_CHARACTERS, type SessionLimits } from "../../core/policy/compile.ts";
import type { Permitted } from "../../core/policy/decide.ts";
import { Refusal } from "../../core/refusal.ts";
import { leaseDeadline } from "../../core/tasks/lease-deadline.ts";
import { poolIndex } from "../../core/tasks/path.ts";
import { fenceFor, type SessionLease, type Task } from "../../core/tasks/task.ts";
import { keptTaskRoles, taskRoleName, taskRoleNames } from "../../names.ts";
import { readSecretStatement } from "../secret/secret-statement.ts";

/** A lease that is about to be issued, and the session policy that it will be issued with. */
export interface PlannedLease {
  readonly lease: SessionLease;
  readonly policy: string;
}

/** What was granted of one AWS detail. */
export interface GrantedAws {
  readonly detail: AwsDetail;
  /** The detail's place in the intent. */
  readonly index: number;
  readonly permitted: readonly Permitted[];
}

/** On which terms all of them are issued. */
export interface Terms extends LeaseTerms {
  /** From the tasks above. */
  readonly inherited?: InheritedTerms;
}

type PlannedTask = Pick<Task, "path" | "openedAt" | "expiresAt" | "chain" | "facts"> & {
  /** Of a renewal. */
  readonly leases?: readonly SessionLease[];
};

/**
 * One lease for each AWS detail, in the role of the pool that is this task's.
 * @param reads ARNs of secrets that the task's sessions read by themselves.
 * @throws {Refusal} intent_too_large, with the size and what to split off; intent_invalid where there are too many AWS details; policy_denied
 * where policy lets the task live no longer; contended where the hour has passed in which policy decided.
 */
export function planLeases(
  task: PlannedTask,
  granted: readonly GrantedAws[],
  terms: Terms,
  deployment: Deployment,
  nowSeconds: number,
  reads: readonly string[] = [],
): readonly PlannedLease[] {
  if (granted.length > LIMITS.leases) {
    throw new Refusal("intent_invalid", {
      say: `It may hold ${LIMITS.leases} details of type aws; split it over several tasks.`,
    });
  }
  const sourceIp = boundAddress(task, terms);
  return granted.map(({ detail, index, permitted }) => {
    const lease = leaseFor(task, detail, index, terms, deployment, nowSeconds);
    const limits: SessionLimits = {
      conditions: detail.conditions,
      fenceAt: lease.fenceAt,
      sourceIp,
      also: reads.length === 0 ? [] : [readSecretStatement(reads)],
    };
    return { lease, policy: fittingPolicy(permitted, limits, index) };
  });
}

function leaseFor(
  task: PlannedTask,
  detail: AwsDetail,
  index: number,
  terms: Terms,
  deployment: Deployment,
  nowSeconds: number,
): SessionLease {
  const account = accountOf(deployment, detail.account);
  // A task may outlive a deployment that took the account away, or retired it.
  if (!account || account.retired)
    throw new Refusal("intent_invalid", { say: `The account ${detail.account} is not handed out any more.` });
  // STS would still issue credentials after the deadline, dead ones.
  const expiresAt = Math.min(task.expiresAt, terms.inherited?.endsAt ?? Number.POSITIVE_INFINITY);
  const deadline = leaseDeadline({ openedAt: task.openedAt, expiresAt }, terms, nowSeconds);
  const name = `aws-${index}`;
  return {
    name,
    account: account.id,
    role: roleFor(task, name, account),
    detail: index,
    state: "issuing",
    event: task.chain.n + 1,
    startedAt: Math.floor(nowSeconds),
    fenceAt: fenceFor({ expiresAt: deadline }, nowSeconds),
  };
}

/** The role of the lease's sessions so far, as long as that role is kept: a pool that grew or shrank must leave nothing alive behind. */
function roleFor({ path, leases }: PlannedTask, name: string, account: Account): string {
  const before = leases?.find((lease) => lease.name === name && lease.account === account.id)?.role;
  const kept = taskRoleNames(keptTaskRoles(account)).find((role) => role === before);
  return kept ?? taskRoleName(poolIndex(path, account.taskRoles));
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

function fittingPolicy(permitted: readonly Permitted[], limits: SessionLimits, index: number): string {
  const { text, characters } = compileSessionPolicy(permitted, limits);
  if (characters <= SESSION_POLICY_CHARACTERS) return text;
  const keep = longestFittingPrefix(permitted, limits);
  const split = permitted.slice(keep).map(({ pair }) => `${pair.action} on ${pair.target}`);
  throw new Refusal("intent_too_large", {
    say:
      `authorization_details[${index}] compiles to ${characters} characters of ${SESSION_POLICY_CHARACTERS}, ` +
      `${characters - SESSION_POLICY_CHARACTERS} too many. Its first ${keep} of ${permitted.length} pairs fit; ` +
      `put the others into another detail or task: ${split.slice(0, 5).join("; ")}${split.length > 5 ? "; ..." : ""}.`,
  });
}

/** So many of the pairs, from the first on, that they fit and one more does not: at most six compilations, and only on the way to a refusal. */
function longestFittingPrefix(permitted: readonly Permitted[], limits: SessionLimits): number {
  let [fits, tooMany] = [0, permitted.length];
  while (tooMany - fits > 1) {
    const count = Math.floor((fits + tooMany) / 2);
    const { characters } = compileSessionPolicy(permitted.slice(0, count), limits);
    if (characters <= SESSION_POLICY_CHARACTERS) fits = count;
    else tooMany = count;
  }
  return fits;
}
