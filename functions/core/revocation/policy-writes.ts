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
  readonly characters: number;
  /** Digest of the text (`digestOf`); absent in writes that were recorded before digests were. */
  readonly digest?: string;
  /** Tasks that the snapshot showed as just ended (`endingsSeen`). */
  readonly endings: readonly TaskPath[];
  /** Endings that the policy denies by their sessions' start alone, so that it denies no younger session; absent where there are none. */
  readonly byTimeAlone?: readonly TaskPath[];
}

/** Record of the writes of revocation policies: shows when an ending reached IAM. Writes expire after a week. */
export interface PolicyWrites {
  append(role: RoleRef, write: PolicyWrite): Promise<void>;
  /** Reads the writes whose snapshots started after a moment, in order, strongly consistent; `most` of them. */
  after(role: RoleRef, atMs: number, most: number): Promise<readonly PolicyWrite[]>;
}
