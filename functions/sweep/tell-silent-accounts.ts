import { atOnce } from "../core/at-once.ts";
import type { Account, Deployment } from "../core/deployment/deployment.ts";
import { HEARD_SECONDS, type Heard, isSilent } from "../core/ledger/heard.ts";
import type { Clock, Log } from "../core/ports.ts";
import type { PolicyWrites } from "../core/revocation/policy-writes.ts";
import { taskRoleNames } from "../hub-names.ts";
import { keptTaskRoles } from "../names.ts";

/** Time between two checks of one process; milliseconds. Below an hour, so that the alarm, which counts by the hour, stays on. */
export const LOOK_EVERY_MS = 30 * 60_000;

/** Time within which CloudTrail has delivered a task's calls; milliseconds. */
const GRACE_MS = 3_600_000;

/** Policy writes on one page, and pages that are read, to find one ending of a role. */
const WRITES = 20;
const MOST_PAGES = 5;

/** Accounts that are checked at the same time. */
const AT_ONCE = 10;

export interface SilencePorts {
  readonly heard: Pick<Heard, "all">;
  readonly policyWrites: Pick<PolicyWrites, "after">;
  readonly deployment: Pick<Deployment, "accounts" | "prefix">;
  readonly clock: Clock;
  readonly log: Log;
  /** Time of the process's latest check; epoch milliseconds. */
  readonly looked: { atMs?: number };
}

/**
 * Logs each account in which tasks ended within a day, and none of whose calls reached the hub. Its rule or its trail is gone, or was never made. The endings
 * are those that `reconcile` recorded, since `observe` itself reports the calls.
 */
export async function tellSilentAccounts(ports: SilencePorts): Promise<void> {
  const { looked, clock, deployment, log } = ports;
  const nowMs = clock.nowMs();
  if (looked.atMs !== undefined && nowMs < looked.atMs + LOOK_EVERY_MS) return;
  const heard = await ports.heard.all();
  const silent = deployment.accounts.filter(({ id }) => isSilent(heard.get(id), nowMs / 1_000));
  await atOnce(AT_ONCE, silent, async (account) => {
    if (!(await hadEndings(account, nowMs, ports))) return;
    const heardAt = heard.get(account.id);
    const last = heardAt === undefined ? {} : { heard_at: heardAt };
    log.write({ level: "warn", event: "account_silent", account: account.id, ...last });
  });
  looked.atMs = nowMs;
}

/** Returns true where a task with a lease in the account ended between a day and an hour ago. */
async function hadEndings(
  account: Account,
  nowMs: number,
  { policyWrites, deployment }: SilencePorts,
): Promise<boolean> {
  for (const role of taskRoleNames(keptTaskRoles(account), deployment)) {
    let fromMs = nowMs - HEARD_SECONDS * 1_000;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const writes = await policyWrites.after({ account: account.id, role }, fromMs, WRITES);
      const early = writes.filter(({ snapshotAtMs }) => snapshotAtMs <= nowMs - GRACE_MS);
      if (early.some(({ endings }) => endings.length > 0)) return true;
      const last = early.at(-1);
      if (!last || early.length < WRITES) break;
      fromMs = last.snapshotAtMs;
    }
  }
  return false;
}
