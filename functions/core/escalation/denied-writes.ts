import { createHash } from "node:crypto";
import { isChanging } from "../catalogue/access-level.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { ApiUse } from "../ledger/api-use.ts";
import type { DeniedWrite } from "../ledger/ledger.ts";
import type { Task } from "../tasks/task.ts";
import { mayBeGranted } from "./beyond-grant.ts";

/** Number of different denied writes that are an escalation (E4) within so many seconds. */
export const DENIED_WRITES = { most: 5, withinSeconds: 300 } as const;

/**
 * Actions that change permissions: one denied attempt is an escalation. Names of events that the catalogue does not
 * know are covered, too.
 */
const PERMISSIONS =
  /^(iam(\.amazonaws\.com)?:|sts(\.amazonaws\.com)?:AssumeRole|organizations(\.amazonaws\.com)?:|kms:CreateGrant$)/;

/** True for a call that IAM refused and that would have changed something. */
export function isDeniedWrite(use: ApiUse, catalogue: Catalogue): boolean {
  if (!use.isDenied || use.isByService) return false;
  const [prefix = "", name = ""] = use.action.split(":");
  const levels = use.isMapped ? catalogue.service(prefix)?.action(name)?.levels : undefined;
  if (levels === undefined) return use.isReadOnly === false;
  return isChanging(levels);
}

/**
 * True for a denied write that its task should not have tried (E4). Granted writes are excluded: a policy of the
 * account, or the task's end, may have denied them. An administrator of the account, or the author of an ending, must
 * not turn an agent's work into an escalation.
 * A granted write counts where AWS reports that the session's own policy denied it while the session was alive. The
 * compiled policy then excludes that call from the grant.
 */
export const isAttempt = (use: ApiUse, task: Task, catalogue: Catalogue): boolean =>
  isDeniedWrite(use, catalogue) &&
  (isOnPermissions(use) || !mayBeGranted(use, task) || (use.isDeniedBySession === true && isBeforeFence(use, task)));

/**
 * True for a call by the lease's newest key, before its fence and its task's end. The session policy was fully in force
 * then.
 */
const isBeforeFence = ({ account, role, accessKeyId, at }: ApiUse, { leases, endedAt, expiresAt }: Task): boolean =>
  at < Math.min(endedAt ?? expiresAt, expiresAt) &&
  leases.some(
    (lease) =>
      lease.account === account && lease.role === role && lease.accessKeyId === accessKeyId && at < lease.fenceAt,
  );

/** True for a denied write that would have changed permissions. */
export const isOnPermissions = ({ action }: ApiUse): boolean => PERMISSIONS.test(action);

/** Makes the entry of a denied write, with a digest of its action and resource. */
export const deniedWriteOf = ({ action, resource, at }: ApiUse): DeniedWrite => ({
  what: createHash("sha256").update(`${action} ${resource}`).digest("base64url"),
  at,
});

/** True where so many different writes were denied within the given time. */
export function areTooMany(writes: readonly DeniedWrite[]): boolean {
  const times = writes.map(({ at }) => at).toSorted((a, b) => a - b);
  return times.some((at, index) => {
    const last = times[index + DENIED_WRITES.most - 1];
    return last !== undefined && last - at <= DENIED_WRITES.withinSeconds;
  });
}

/** Upper bound on the recorded denied writes of a task, the latest of each kind. */
const MOST_REMEMBERED = 64;

/** Adds denied writes to the recorded ones: each kind once, at its latest time. */
export function withDeniedWrites(known: readonly DeniedWrite[], more: readonly DeniedWrite[]): readonly DeniedWrite[] {
  const latest = new Map<string, number>();
  for (const { what, at } of [...known, ...more]) latest.set(what, Math.max(at, latest.get(what) ?? at));
  return [...latest]
    .map(([what, at]) => ({ what, at }))
    .toSorted((a, b) => a.at - b.at)
    .slice(-MOST_REMEMBERED);
}
