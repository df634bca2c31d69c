import type { EventType } from "../../../contract/journal-types.ts";
import { type ChainHead, type Fact, type JournalEvent, nextEvent, type ReadFacts } from "../journal/event.ts";
import { isTaskPath, type TaskPath } from "../task-path.ts";
import type { RevocationPolicy } from "./render.ts";
import type { RoleRef } from "./roles.ts";

export interface RevocationPolicies {
  /** Reads the text of valetkey's own policy, if any, and the names of the other inline policies. */
  read(role: RoleRef): Promise<{ readonly ours: string | undefined; readonly foreign: readonly string[] }>;
  /**
   * Writes the policy.
   * @param text complete policy; without one the policy is deleted.
   * @param untilMs moment until which the write may take effect; epoch milliseconds.
   * @returns `may land again` where IAM has the text, but an earlier write of unknown outcome may still take effect.
   * Nothing else may then be written until `untilMs`.
   * @throws {UnknownOutcome} where the write may still take effect until `untilMs`.
   */
  write(role: RoleRef, text: string | undefined, untilMs: number): Promise<"done" | "may land again">;
}

/** One write of a role's revocation policy; epoch milliseconds. */
export interface PolicyWrite {
  /** Start of the snapshot: the policy denies everything that had ended by then. */
  readonly snapshotAtMs: number;
  /** Moment from which IAM had the policy. */
  readonly writtenAtMs: number;
  readonly form: RevocationPolicy["form"];
  /** SHA-256 of the text, base64url; absent where the role has no policy. */
  readonly sha256?: string;
  /**
   * Sessions that started before this moment are denied, except those of excepted tasks; epoch seconds. Absent where
   * the policy denies nothing by time.
   */
  readonly startedBefore?: number;
  /** True where IAM had the policy already, so that nothing was written to IAM. */
  readonly isFound?: true;
  /** Tasks that the snapshot showed as just ended (`endingsSeen`). */
  readonly endings: readonly TaskPath[];
  /**
   * Endings that the policy denies only by their sessions' start, so that it denies no younger session; absent where
   * there are none.
   */
  readonly byTimeAlone?: readonly TaskPath[];
}

/** Record of the writes of revocation policies, in the roles' journals: the proof of when an ending reached IAM. */
export interface PolicyWrites {
  /**
   * Records a write by its event (`policyWritten`).
   * @throws {Refusal} contended where the role's journal already has an event with this number.
   */
  append(role: RoleRef, event: JournalEvent): Promise<void>;
  /** Reads the last event of the role's journal, strongly consistent; undefined where it has none. */
  last(role: RoleRef): Promise<JournalEvent | undefined>;
  /**
   * Reads up to `most` writes whose snapshots started after a moment, in the order of the snapshots, strongly
   * consistent.
   */
  after(role: RoleRef, atMs: number, most: number): Promise<readonly PolicyWrite[]>;
}

/** Error of a write with an unknown outcome: it may have taken effect, or may still do so. */
export class UnknownOutcome extends Error {
  constructor(cause: unknown) {
    super("the outcome of the write is unknown", { cause });
    this.name = "UnknownOutcome";
  }
}

/** Type of the journal event of a role's revocation policy: an auditor joins it with the endings that it denies. */
export const POLICY_WRITTEN = "role.policy_written" satisfies EventType;

/** Subject of a role's journal. */
export const roleName = ({ account, role }: Readonly<Record<keyof RoleRef, string>>): string => `${account}/${role}`;

/**
 * Makes the event of a write. The event contains no policy: CloudTrail has the text of each `PutRolePolicy`, and
 * `policy_sha256` identifies it.
 * @param head end of the role's journal.
 */
export const policyWritten = (head: ChainHead, role: RoleRef, write: PolicyWrite): JournalEvent =>
  nextEvent(head, roleName(role), POLICY_WRITTEN, write.writtenAtMs, {
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
  const written: ReadFacts<typeof POLICY_WRITTEN> = facts;
  const { snapshot_at_ms: snapshotAtMs, form, policy_sha256: sha256, put, started_before: startedBefore } = written;
  const { endings, by_time_alone: byTimeAlone } = written;
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
  Array.isArray(fact) ? fact.filter(isTaskPath) : undefined;
