import type { TaskPath } from "../tasks/path.ts";
import type { RevocationPolicy } from "./render.ts";
import type { RoleRef } from "./role-ref.ts";

/** One write of a role's revocation policy; epoch milliseconds. */
export interface PolicyWrite {
  /** What had ended when its snapshot of the record began is denied by it. */
  readonly snapshotAtMs: number;
  /** From then on IAM had it. */
  readonly writtenAtMs: number;
  readonly form: RevocationPolicy["form"];
  readonly characters: number;
  /** Which text it was, in short (`digestOf`); not of a write that was recorded before there were any. */
  readonly digest?: string;
  /** Tasks that its snapshot showed as ended a moment ago (`endingsSeen`). */
  readonly endings: readonly TaskPath[];
  /** Those of them that it denies by when their sessions were issued, and no session that is younger; none unless there are any. */
  readonly byTimeAlone?: readonly TaskPath[];
}

/** When the roles' revocation policies were written: what shows when an ending reached IAM. Kept for a week. */
export interface PolicyWrites {
  append(role: RoleRef, write: PolicyWrite): Promise<void>;
  /** Those whose snapshots began after that moment, in their order, strongly read; so many at most. */
  after(role: RoleRef, atMs: number, most: number): Promise<readonly PolicyWrite[]>;
}
