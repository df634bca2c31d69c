import type { JournalEvent } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";
import type { RevocationPolicy } from "./render.ts";
import type { RoleRef } from "./role-ref.ts";

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
