import { type ChainHead, type Fact, type JournalEvent, linkEvent } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";
import type { PolicyWrite } from "./policy-writes.ts";
import type { RoleRef } from "./role-ref.ts";

/** Type of the journal event of a role's revocation policy: an auditor joins it with the endings that it denies. */
export const POLICY_WRITTEN = "role.policy_written";

/** Subject of a role's journal. */
export const roleName = ({ account, role }: Readonly<Record<keyof RoleRef, string>>): string => `${account}/${role}`;

/**
 * Makes the event of a write. The event contains no policy: CloudTrail has the text of each `PutRolePolicy`, and
 * `policy_sha256` identifies it.
 * @param head end of the role's journal.
 */
export const policyWritten = (head: ChainHead, role: RoleRef, write: PolicyWrite): JournalEvent =>
  linkEvent(head, roleName(role), POLICY_WRITTEN, write.writtenAtMs, {
    account: role.account,
    role: role.role,
    form: write.form,
    snapshot_at_ms: write.snapshotAtMs,
    policy_sha256: write.sha256,
    put: write.isFound !== true,
    started_before: write.startedBefore,
    endings: write.endings,
    by_time_alone: write.byTimeAlone,
  });

/** Reads a write back from its event. */
export function writeOf({ at: writtenAtMs, facts }: JournalEvent): PolicyWrite {
  const { snapshot_at_ms: snapshotAtMs, form, policy_sha256: sha256, put, started_before: startedBefore } = facts;
  const { endings, by_time_alone: byTimeAlone } = facts;
  return {
    snapshotAtMs: Number(snapshotAtMs),
    writtenAtMs,
    form: form as PolicyWrite["form"],
    endings: pathsIn(endings) ?? [],
    ...(typeof sha256 === "string" ? { sha256 } : {}),
    ...(typeof startedBefore === "number" ? { startedBefore } : {}),
    ...(put === false ? ({ isFound: true } as const) : {}),
    ...(byTimeAlone === undefined ? {} : { byTimeAlone: pathsIn(byTimeAlone) ?? [] }),
  };
}

const pathsIn = (fact: Fact | undefined): readonly TaskPath[] | undefined =>
  Array.isArray(fact) ? fact.filter((each): each is TaskPath => typeof each === "string") : undefined;
