import { type EventType, type Facts, isWholeChain, type JournalEvent } from "../journal/event.ts";
import { isoSeconds } from "../policy/compile.ts";
import { mayBeAlive } from "../revocation/role-entry.ts";
import type { ConnectorLease } from "../tasks/connector-lease.ts";
import type { TaskPath } from "../tasks/path.ts";
import type { Lease, Task } from "../tasks/task.ts";
import type { TaskRecord } from "../tasks/tasks.ts";

/**
 * `revoked`: taken back, and recorded; `expired`: it ended by itself; `failed`: what was to revoke it answered that it could not;
 * `unknown`: not known to be over. The last two are open: nothing is signed off while there are any.
 */
export type Fate = "revoked" | "expired" | "failed" | "unknown";

export const isOpen = (fate: Fate): boolean => fate === "failed" || fate === "unknown";

/** The journal's event that says so: its place in its chain, and its hash. */
export interface Evidence {
  readonly of: string;
  readonly event: number;
  readonly type: EventType;
  readonly hash: string;
}

export interface ReportedLease {
  readonly name: string;
  readonly account: string;
  readonly role: string;
  /** From then on its last session allows nothing. */
  readonly fence_at: string;
  /** Of all its sessions that may have been handed out, the latest last: the join keys to CloudTrail. */
  readonly access_key_ids: readonly string[];
  readonly status: Fate;
  /** When it was over. */
  readonly at?: string;
  /** What recorded its fence. */
  readonly evidence?: Evidence;
}

/** What a connector issued: it is over once its provider has confirmed that it is gone, and for no other reason. */
export interface ReportedCredential {
  readonly name: string;
  readonly type: string;
  /** What was made at the provider: `{"database": "orders", "role": "vk_..."}`. */
  readonly made: Facts;
  /** Its provider was told to kill it then, where it can be told so. */
  readonly expires_at: string;
  readonly status: Extract<Fate, "revoked" | "unknown">;
  readonly at?: string;
  /** What recorded that. */
  readonly evidence?: Evidence;
}

export interface ReportedTask {
  readonly task: string;
  /** Another agent's where it was opened below a task of the agent that is offboarded. */
  readonly agent?: string;
  readonly status: Fate;
  readonly opened_at?: string;
  /** When it ended, and how: `completed`, `revoked`, `expired` or `withdrawn`. */
  readonly at?: string;
  readonly ended?: string;
  readonly by?: string;
  readonly evidence?: Evidence;
  readonly leases: readonly (ReportedLease | ReportedCredential)[];
}

/**
 * What became of a task and of all tasks below it, by the record. A task that is not recorded, or whose chain of events is not whole, is
 * `unknown`.
 */
export function reportTask(path: TaskPath, { tasks, events }: TaskRecord, nowSeconds: number): readonly ReportedTask[] {
  if (!tasks.some((task) => task.path === path)) return [{ task: path, status: "unknown", leases: [] }];
  return tasks.map((task) => {
    const own = events.filter(({ of }) => of === task.path);
    const ended = own.find(({ type }) => type === "task.ended");
    const isSure = isWholeChain(own);
    const opened = { task: task.path, agent: task.agent, opened_at: isoSeconds(task.openedAt) };
    const leases = [
      ...task.leases.map((lease) => reportLease(lease, own, isSure, nowSeconds)),
      ...(task.connectorLeases ?? []).map((lease) => reportCredential(lease, own, isSure)),
    ];
    if (!isSure || !ended || task.status === "active") return { ...opened, status: "unknown", leases };
    return {
      ...opened,
      status: task.status === "expired" ? "expired" : "revoked",
      at: isoSeconds(Math.floor(ended.at / 1_000)),
      ended: task.status,
      by: String(ended.facts.by),
      evidence: evidenceOf(ended),
      leases,
    } satisfies ReportedTask;
  });
}

/** Nothing in the record says yet that AWS denies a session, so a lease is over once its fence has passed by every clock. */
function reportLease(lease: Lease, own: readonly JournalEvent[], isSure: boolean, nowSeconds: number): ReportedLease {
  const { name, account, role, accessKeyId } = lease;
  // A session before the last one may live longer.
  const fenceAt = Math.max(lease.fenceAt, lease.earlierFenceAt ?? 0);
  const replaced = own.flatMap(({ type, facts }) => {
    const renewed = type === "lease.renewed" ? (facts.lease as Readonly<Record<string, unknown>>) : {};
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

function reportCredential(lease: ConnectorLease, own: readonly JournalEvent[], isSure: boolean): ReportedCredential {
  const { name, type, made, expiresAt, state } = lease;
  const told = { name, type, made, expires_at: isoSeconds(expiresAt) };
  // It may have been taken back before and issued anew: what it is now decides, and the last event says when.
  const gone = own.findLast((each) => each.type === "lease.revoked" && each.facts.name === name);
  if (state !== "revoked" || !isSure || !gone) return { ...told, status: "unknown" };
  return { ...told, status: "revoked", at: isoSeconds(Math.floor(gone.at / 1_000)), evidence: evidenceOf(gone) };
}

export const evidenceOf = ({ of, n, type, hash }: JournalEvent): Evidence => ({ of, event: n, type, hash });

/** Whether it is over, and everything that was issued in it. */
export const isTaskOpen = ({ status, leases }: ReportedTask): boolean =>
  isOpen(status) || leases.some((lease) => isOpen(lease.status));

/** Those of the tasks that nobody has ended yet. */
export const activeOf = ({ tasks }: TaskRecord): readonly Task[] => tasks.filter(({ status }) => status === "active");
