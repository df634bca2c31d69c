import type { AgentId } from "../../../contract/agent-id.ts";
import type { EventType } from "../../../contract/journal-types.ts";
import { defined } from "../defined.ts";
import type { AccountId } from "../deployment/account-id.ts";
import { type Facts, factsOf, isWholeChain, type JournalEvent } from "../journal/event.ts";
import type { LeaseReceipt, Receipt } from "../revocation/receipt.ts";
import { mayBeAlive } from "../revocation/role-entry.ts";
import type { TaskPath } from "../task-path.ts";
import type { ConnectorLease } from "../tasks/connector-lease.ts";
import type { EndedStatus, SessionLease, Task } from "../tasks/task.ts";
import type { TaskRecord } from "../tasks/tasks.ts";
import { isoSeconds } from "../text/iso-seconds.ts";

/**
 * Fate of a task, lease or binding. `revoked`: revoked, and recorded; `expired`: ended by itself; `failed`: the revocation was refused;
 * `unknown`: not known to be over. `failed` and `unknown` are open: no report is complete with an open entry.
 */
export type Fate = "revoked" | "expired" | "failed" | "unknown";

/** True for a fate that keeps the report open. */
export const isOpen = (fate: Fate): boolean => fate === "failed" || fate === "unknown";

/** Reference to the journal event that proves an entry: its place in its chain, and its hash. */
export interface Evidence {
  readonly of: string;
  readonly event: number;
  readonly type: EventType;
  readonly hash: string;
}

/** Evidence from a lease's receipt. */
export type Denied = Pick<LeaseReceipt, "milliseconds" | "observed"> &
  Required<Pick<LeaseReceipt, "policy_written_at">>;

/** AWS lease in the report. */
export interface ReportedLease {
  readonly name: string;
  readonly account: AccountId;
  readonly role: string;
  /** Moment from which none of the lease's sessions allows anything. */
  readonly fence_at: string;
  /** Access keys of the sessions that may have been issued, the latest last. CloudTrail's events are joined by them. */
  readonly access_key_ids: readonly string[];
  readonly status: Fate;
  /**
   * Evidence of the receipt: since when IAM had a policy that denies the lease, and when AWS was seen to refuse.
   * `status` does not depend on it.
   */
  readonly denied?: Denied;
  /** Moment at which the lease was over. */
  readonly at?: string;
  /** Event that recorded the fence. */
  readonly evidence?: Evidence;
}

/** Connector's credential in the report: over only once its provider has confirmed the revocation. */
export interface ReportedCredential {
  readonly name: string;
  readonly type: string;
  /** Objects at the provider: `{"database": "orders", "role": "vk_..."}`. */
  readonly made: Facts;
  /** Expiry of the credential at its provider, where the provider supports one. */
  readonly expires_at: string;
  readonly status: Extract<Fate, "revoked" | "unknown">;
  readonly at?: string;
  /** Event that recorded the revocation. */
  readonly evidence?: Evidence;
}

/** Task in the report. */
export interface ReportedTask {
  readonly task: string;
  /** Agent of the task: another agent where the task was opened below a task of the offboarded agent. */
  readonly agent?: AgentId;
  readonly status: Fate;
  readonly opened_at?: string;
  /** Moment at which the task ended. */
  readonly at?: string;
  /** Final status. */
  readonly ended?: EndedStatus;
  readonly by?: string;
  readonly evidence?: Evidence;
  readonly leases: readonly (ReportedLease | ReportedCredential)[];
}

/**
 * Reports the fates of a task and of all tasks below it, from their records. A task without a record, or with a broken
 * chain of events, is `unknown`.
 * @param receipts existing receipts of these tasks.
 */
export function reportTask(
  path: TaskPath,
  { tasks, events }: TaskRecord,
  nowSeconds: number,
  receipts: readonly Receipt[] = [],
): readonly ReportedTask[] {
  if (!tasks.some((task) => task.path === path)) return [{ task: path, status: "unknown", leases: [] }];
  return tasks.map((task) => {
    const own = events.filter(({ of }) => of === task.path);
    const ended = own.find(({ type }) => type === "task.ended");
    const isSure = isWholeChain(own);
    const opened = { task: task.path, agent: task.agent, opened_at: isoSeconds(task.openedAt) };
    const leases = [
      ...task.leases.map((lease) => ({
        ...reportLease(lease, own, isSure, nowSeconds),
        ...deniedIn(
          receipts.find((each) => each.task === task.path),
          lease,
        ),
      })),
      ...(task.connectorLeases ?? []).map((lease) => reportCredential(lease, own, isSure)),
    ];
    if (!isSure || !ended || task.status === "active") return { ...opened, status: "unknown", leases };
    return {
      ...opened,
      status: task.status === "expired" ? "expired" : "revoked",
      at: isoSeconds(Math.floor(ended.at / 1_000)),
      ended: task.status,
      by: String(factsOf(ended, "task.ended")?.by),
      evidence: evidenceOf(ended),
      leases,
    } satisfies ReportedTask;
  });
}

/**
 * Reports an AWS lease: over once its fence has passed by every clock. The record does not show an earlier denial by
 * AWS.
 */
function reportLease(
  lease: SessionLease,
  own: readonly JournalEvent[],
  isSure: boolean,
  nowSeconds: number,
): ReportedLease {
  const { name, account, role, accessKeyId } = lease;
  // An earlier session may live longer than the last one.
  const fenceAt = Math.max(lease.fenceAt, lease.earlierFenceAt ?? 0);
  const replaced = own.flatMap((event) => {
    // A renewal of connectors' credentials alone names no session.
    const renewed = (factsOf(event, "lease.renewed")?.lease ?? {}) as Readonly<Record<string, unknown>>;
    const key = renewed.replaces_access_key_id;
    return renewed.name === name && typeof key === "string" ? [key] : [];
  });
  const recorded = own.find(({ n }) => n === lease.event);
  const isOver = isSure && recorded !== undefined && !mayBeAlive({ fenceAt }, nowSeconds);
  return {
    name,
    account,
    role,
    fence_at: isoSeconds(fenceAt),
    access_key_ids: [...replaced, ...(accessKeyId === undefined ? [] : [accessKeyId])],
    status: isOver ? "expired" : "unknown",
    ...(isOver ? { at: isoSeconds(fenceAt) } : {}),
    ...(recorded ? { evidence: evidenceOf(recorded) } : {}),
  };
}

/** Reads from a task's receipt that IAM had the denial of a lease; empty where the receipt does not show it. */
function deniedIn(receipt: Receipt | undefined, { name }: SessionLease): { readonly denied?: Denied } {
  const lease = receipt?.leases.find((each) => each.name === name);
  if (lease === undefined || !("fence_at" in lease) || lease.policy_written_at === undefined) return {};
  const { policy_written_at, milliseconds, observed } = lease;
  return {
    denied: {
      policy_written_at,
      ...defined({ milliseconds, observed }),
    },
  };
}

function reportCredential(lease: ConnectorLease, own: readonly JournalEvent[], isSure: boolean): ReportedCredential {
  const { name, type, made, expiresAt, state } = lease;
  const shown = { name, type, made, expires_at: isoSeconds(expiresAt) };
  // The credential may have been revoked and issued again. The current state thus decides, and the latest event gives
  // the time.
  const revocation = own.findLast((each) => factsOf(each, "lease.revoked")?.name === name);
  if (state !== "revoked" || !isSure || !revocation) return { ...shown, status: "unknown" };
  return {
    ...shown,
    status: "revoked",
    at: isoSeconds(Math.floor(revocation.at / 1_000)),
    evidence: evidenceOf(revocation),
  };
}

/** Makes the reference to a journal event. */
export const evidenceOf = ({ of, n, type, hash }: JournalEvent): Evidence => ({ of, event: n, type, hash });

/** True while the task, or one of its credentials, is open. */
export const isTaskOpen = ({ status, leases }: ReportedTask): boolean =>
  isOpen(status) || leases.some((lease) => isOpen(lease.status));

/** Lists the tasks of a record that are active. */
export const activeOf = ({ tasks }: TaskRecord): readonly Task[] => tasks.filter(({ status }) => status === "active");
