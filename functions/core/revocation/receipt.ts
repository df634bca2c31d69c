import type { AgentId } from "../../../contract/agent-id.ts";
import { defined } from "../defined.ts";
import type { AccountId } from "../deployment/account-id.ts";
import { factsOf, isWholeChain, type JournalEvent } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";
import type { ConnectorLease } from "../tasks/connector-lease.ts";
import type { SessionLease, Task, TaskStatus } from "../tasks/task.ts";
import type { TaskRecord } from "../tasks/tasks.ts";
import { isoSeconds } from "../text/iso-seconds.ts";
import type { Observation, ObservationIn } from "./observation.ts";
import type { PolicyWrite } from "./policy-writes.ts";
import { diesBy, mayBeAlive, SETTLED_SECONDS } from "./role-entry.ts";
import type { RoleRef } from "./roles.ts";
import { type Unwritable, type UnwritableRole, unwritable } from "./unwritable.ts";

/**
 * Evidence that a task's keys were revoked, and how fast. Made from the journal and from the recorded policy writes of
 * its roles.
 */
export interface Receipt {
  readonly task: TaskPath;
  readonly agent: AgentId;
  readonly status: TaskStatus;
  /** Moment of the ending, to the millisecond; absent while the task is active or where its journal is incomplete. */
  readonly ended_at?: string;
  /** Author of the ending: an agent, an operator, `deadline`, or the path of the task above. */
  readonly by?: string;
  readonly leases: readonly (LeaseReceipt | ConnectorReceipt)[];
  /** Tasks below this one, at every level. Each has a receipt of its own. */
  readonly below: readonly TaskPath[];
  /** True where no credential of the task itself is usable any more. */
  readonly complete: boolean;
}

/** Receipt of a lease of AWS sessions. */
export interface LeaseReceipt {
  readonly name: string;
  readonly type: "aws";
  readonly account: AccountId;
  readonly role: string;
  readonly access_key_id?: string;
  /** Moment from which the lease's last session allows nothing, independently of every revocation. */
  readonly fence_at: string;
  /**
   * `written`: IAM has a policy that denies the lease. `expired`: no such write is recorded, and the fence has passed
   * by every clock.
   */
  readonly status: "written" | "expired" | "pending";
  readonly policy_written_at?: string;
  /** Time from the ending until IAM had the policy. AWS needs some more time to apply it. */
  readonly milliseconds?: number;
  readonly observed?: ObservedReceipt;
  /** Moment by which the lease's last session is dead by any clock; only while it is `pending`. */
  readonly dies_by?: string;
  /** Set where IAM cannot be written, so that the session may live until `dies_by`; only while it is `pending`. */
  readonly unwritable?: Unwritable;
}

/** Result of a probe: a session of the same role and name, opened after the task's end. Only a sample of the endings has one. */
export interface ObservedReceipt {
  /**
   * `denied`: AWS answered its calls, and refused them from some moment on. `at_most`: AWS refused from its first call
   * on. `not_observed`: IAM had the policy, but AWS answered its calls.
   */
  readonly status: Observation["status"];
  /** Moment of the first refusal after which no call was answered. */
  readonly denied_at?: string;
  /** Moment at which the probe sent its last answered call. */
  readonly last_answered_at?: string;
  /** Time from the ending until the refusal; for `not_observed`, until the probe gave up. */
  readonly milliseconds: number;
}

/** Receipt of a connector's lease. */
export interface ConnectorReceipt {
  readonly name: string;
  readonly type: string;
  /** Expiry of the credential at its provider, where the provider supports expiries. */
  readonly expires_at: string;
  /** `revoked`: the provider confirmed that the credential is gone. No other evidence counts. */
  readonly status: "revoked" | "pending";
  readonly revoked_at?: string;
  /** Time from the ending to that confirmation; absent where the credential was gone before. */
  readonly milliseconds?: number;
}

/** Policy write and its role. */
export interface WriteOf {
  readonly role: RoleRef;
  readonly write: PolicyWrite;
}

/**
 * Makes the receipt of a task.
 * @param record records of the task and of all tasks below it.
 * @param nowSeconds epoch seconds.
 * @param observed results of the task's probes.
 * @param outages those of its roles where IAM cannot be written.
 */
export function receiptOf(
  task: Task,
  record: TaskRecord,
  writes: readonly WriteOf[],
  nowSeconds: number,
  observed: readonly ObservationIn[] = [],
  outages: readonly UnwritableRole[] = [],
): Receipt {
  const ended = endingOf(task, record);
  const leases = [
    ...task.leases.map((lease) => leaseReceipt(task.path, lease, ended?.at, { writes, observed, outages }, nowSeconds)),
    ...(task.connectorLeases ?? []).map((lease) => connectorReceipt(lease, ended?.at, record)),
  ];
  return {
    task: task.path,
    agent: task.agent,
    status: task.status,
    ...(ended ? { ended_at: isoMilliseconds(ended.at), by: String(factsOf(ended, "task.ended")?.by) } : {}),
    leases,
    below: record.tasks.map(({ path }) => path).filter((path) => path !== task.path),
    complete: ended !== undefined && leases.every(({ status }) => status !== "pending"),
  };
}

/** Finds the event that ended the task; undefined where the journal is incomplete. */
export function endingOf({ path, status }: Task, { events }: TaskRecord): JournalEvent | undefined {
  const own = events.filter(({ of }) => of === path);
  return status !== "active" && isWholeChain(own) ? own.find(({ type }) => type === "task.ended") : undefined;
}

/** Records of the task's roles that its receipt is made of. */
interface Gathered {
  readonly writes: readonly WriteOf[];
  readonly observed: readonly ObservationIn[];
  readonly outages: readonly UnwritableRole[];
}

function leaseReceipt(
  path: TaskPath,
  lease: SessionLease,
  endedAtMs: number | undefined,
  { writes, observed, outages }: Gathered,
  nowSeconds: number,
): LeaseReceipt {
  const { name, account, role, accessKeyId } = lease;
  const fenceAt = Math.max(lease.fenceAt, lease.earlierFenceAt ?? 0);
  const isOfLease = ({ role: of }: { readonly role: RoleRef }) => of.account === account && of.role === role;
  const seen = observed.find(isOfLease)?.observation;
  const common = {
    name,
    type: "aws",
    account,
    role,
    ...defined({ access_key_id: accessKeyId }),
    fence_at: isoSeconds(fenceAt),
  } as const;
  const observation = seen && endedAtMs !== undefined ? { observed: observedReceipt(seen, endedAtMs) } : {};
  const ofRole = writes.filter(isOfLease).map(({ write }) => write);
  const writtenAtMs = endedAtMs === undefined ? undefined : deniedFrom(path, endedAtMs, ofRole);
  if (endedAtMs !== undefined && writtenAtMs !== undefined)
    return {
      ...common,
      status: "written",
      policy_written_at: isoMilliseconds(writtenAtMs),
      milliseconds: writtenAtMs - endedAtMs,
      ...observation,
    };
  if (!mayBeAlive({ fenceAt }, nowSeconds)) return { ...common, status: "expired", ...observation };
  const outage = outages.find(isOfLease);
  return {
    ...common,
    status: "pending",
    dies_by: isoSeconds(diesBy({ fenceAt })),
    ...(outage ? { unwritable: unwritable(outage.sinceMs) } : {}),
    ...observation,
  };
}

function observedReceipt(seen: Observation, endedAtMs: number): ObservedReceipt {
  const untilMs = seen.status === "not_observed" ? seen.answeredAtMs : seen.deniedAtMs;
  return {
    status: seen.status,
    ...(seen.status === "not_observed" ? {} : { denied_at: isoMilliseconds(seen.deniedAtMs) }),
    ...(seen.status === "at_most" ? {} : { last_answered_at: isoMilliseconds(seen.answeredAtMs) }),
    milliseconds: Math.max(0, untilMs - endedAtMs),
  };
}

/**
 * Makes a connector's receipt. A lease may have been revoked and issued again. The current state thus decides, and the
 * latest event gives the time.
 */
function connectorReceipt(
  { name, type, path, state, expiresAt }: ConnectorLease,
  endedAtMs: number | undefined,
  { events }: TaskRecord,
): ConnectorReceipt {
  const common = { name, type, expires_at: isoSeconds(expiresAt) };
  const event = events.findLast((each) => each.of === path && factsOf(each, "lease.revoked")?.name === name);
  if (state !== "revoked" || endedAtMs === undefined || !event) return { ...common, status: "pending" };
  return {
    ...common,
    status: "revoked",
    revoked_at: isoMilliseconds(event.at),
    ...(event.at >= endedAtMs ? { milliseconds: event.at - endedAtMs } : {}),
  };
}

/**
 * Computes the moment from which IAM had a policy that certainly denies the task. The policy's snapshot is younger than
 * the ending, and lists the ending or is too young to lack it.
 */
function deniedFrom(path: TaskPath, endedAtMs: number, writes: readonly PolicyWrite[]): number | undefined {
  const denying = writes.filter(
    ({ snapshotAtMs, endings }) =>
      snapshotAtMs >= endedAtMs && (endings.includes(path) || snapshotAtMs >= endedAtMs + SETTLED_SECONDS * 1_000),
  );
  return denying.length === 0 ? undefined : Math.min(...denying.map(({ writtenAtMs }) => writtenAtMs));
}

const isoMilliseconds = (atMs: number): string => new Date(atMs).toISOString();
