import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import type { Fact, ReadFacts } from "../../functions/core/journal/event.ts";
import { POLICY_WRITTEN, roleName } from "../../functions/core/revocation/policy-writes.ts";
import { mayBeAlive, SETTLED_SECONDS } from "../../functions/core/revocation/role-entry.ts";
import { groupedBy } from "../grouped-by.ts";
import { nameOf } from "./event-name.ts";
import { incomplete, type LogFault } from "./log-fault.ts";

/**
 * Result for the keys of an ended task in one role. `denied`: the role's journal has a policy that denies them.
 * `expired`: they were past their fence when the task ended: nothing was left to deny. `pending`: the log ends before
 * such a policy was due. `before`: the task ended before the log's first event of a policy. `not denied`: such a policy
 * is missing.
 */
export type KillVerdict = "denied" | "expired" | "pending" | "before" | "not denied";

/** Kill receipt of an ended task's keys in one role, computed from the log alone. */
export interface CheckedKill {
  /** Journal and number of the event of the ending. */
  readonly event: string;
  /** Task role, as `account/role`. */
  readonly role: string;
  readonly verdict: KillVerdict;
  /** Moment from which none of the keys is good, as far as the log has it; epoch milliseconds. */
  readonly deadAtMs: number;
  /** Journal and number of the event of the first policy that denies the keys. */
  readonly policy?: string;
  /** Time from the ending until IAM had that policy. */
  readonly milliseconds?: number;
}

/**
 * Time within which the log must have a policy that denies an ended task; milliseconds. The queue, a few retries and
 * the archive take no longer.
 */
const DENYING_MS = 15 * 60_000;

/**
 * Joins each ending with the first recorded policy that denies its keys, by role.
 * @param events verified events of the log, in any order.
 */
export function verifyKills(events: readonly ArchivedEvent[]): readonly CheckedKill[] {
  const writes = events.filter(({ type }) => type === POLICY_WRITTEN).toSorted((a, b) => a.at - b.at);
  const byRole = groupedBy(writes, ({ of }) => of);
  const firstWriteMs = writes[0]?.at ?? Number.NEGATIVE_INFINITY;
  const untilMs = events.reduce((latest, { at }) => Math.max(latest, at), 0);
  return events.flatMap((event) => {
    if (event.type !== "task.ended") return [];
    return [...fencesOf(event.facts)].map(([role, fenceAt]): CheckedKill => {
      const ending = { event: nameOf(event), role, deadAtMs: fenceAt * 1_000 };
      const policy = (byRole.get(role) ?? []).find((write) => denies(write, event, fenceAt));
      if (policy) {
        const milliseconds = policy.at - event.at;
        return { ...ending, deadAtMs: policy.at, verdict: "denied", policy: nameOf(policy), milliseconds };
      }
      if (!mayBeAlive({ fenceAt }, event.at / 1_000)) return { ...ending, verdict: "expired" };
      if (event.at < firstWriteMs) return { ...ending, verdict: "before" };
      return { ...ending, verdict: untilMs < event.at + DENYING_MS ? "pending" : "not denied" };
    });
  });
}

/** Faults of the log for keys of ended tasks that no recorded policy denies. */
export const killFaults = (kills: readonly CheckedKill[]): readonly LogFault[] =>
  kills.flatMap(({ event, role, verdict }) =>
    verdict === "not denied" ? [incomplete(event, `no policy of ${role} that denies its keys is in the log`)] : [],
  );

/**
 * True for a policy that denies an ending's keys, by the rule of the receipt that the service gives. The policy's
 * snapshot is no older than the ending, and lists it or must contain it by then. The keys may still be good at that
 * time. A role without a policy denies nothing.
 */
function denies({ facts }: ArchivedEvent, { of, at }: ArchivedEvent, fenceAt: number): boolean {
  const { snapshot_at_ms: snapshotAtMs, form, endings }: ReadFacts<typeof POLICY_WRITTEN> = facts;
  if (typeof snapshotAtMs !== "number" || form === "none" || snapshotAtMs < at) return false;
  if (!mayBeAlive({ fenceAt }, snapshotAtMs / 1_000)) return false;
  return items(endings).includes(of) || snapshotAtMs >= at + SETTLED_SECONDS * 1_000;
}

/** Lists the roles in which an ended task had keys, each with the latest of their fences; epoch seconds. */
function fencesOf({ leases }: ReadFacts<"task.ended">): ReadonlyMap<string, number> {
  const fences = new Map<string, number>();
  for (const lease of items(leases)) {
    const { account, role, fence_at: fenceAt } = Object(lease);
    if (typeof account !== "string" || typeof role !== "string" || typeof fenceAt !== "number") continue;
    const name = roleName({ account, role });
    fences.set(name, Math.max(fenceAt, fences.get(name) ?? 0));
  }
  return fences;
}

const items = (fact: Fact | undefined): readonly Fact[] => (Array.isArray(fact) ? fact : []);
