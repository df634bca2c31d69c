import type { RoleRef } from "../revocation/role-ref.ts";
import type { TaskPath } from "../task-path.ts";

/** Denied write: a hash of its action and resource, and the time of the latest; epoch seconds. */
export interface DeniedWrite {
  readonly what: string;
  readonly at: number;
}

/** Use of one action on one resource by a task, summed. Times are epoch seconds. */
export interface UseRow {
  readonly action: string;
  readonly resource: string;
  /** False where the event has no IAM action in the catalogue. */
  readonly isMapped: boolean;
  readonly used: number;
  readonly denied: number;
  /** Time of the earliest call. */
  readonly first: number;
  /** Time of the latest call. */
  readonly last: number;
  /** Region of the latest call. */
  readonly region: string;
  readonly sourceIp: string;
  readonly errorCode?: string;
}

/** Row as it was read before another was added to it. */
export type HeldRow = Pick<UseRow, "first" | "last" | "errorCode">;

/** Row that is added, with the one that was there before; without one it is new. */
export interface AddedRow extends UseRow {
  readonly held?: HeldRow | undefined;
}

/** Rows that one task has at most; what comes after is summed in one row `other`. */
export const MOST_ROWS = 500;

/** Row of everything beyond the bound. */
export const OTHER = { action: "other", resource: "*" } as const;

/** Access key of a session's copy, in the role of the session. */
export interface CopiedKey extends RoleRef {
  readonly keyId: string;
}

/**
 * Copies of a task's sessions whose keys are known at the same time. A copy allows nothing beyond its session's fence, 900 seconds: a task that uses an older
 * one has made one each seven seconds.
 */
export const MOST_COPIES = 128;

/** Record of what tasks did with their keys. */
export interface Ledger {
  /**
   * Adds rows of one task, together with the ids of their events, in one transaction. Of each row the least and the greatest time stay, in whatever order
   * calls are told of.
   * @param rows with the rows that were read before.
   * @param fresh number of the rows that count as new.
   * @returns ids that were recorded before, for which nothing was written; then the caller leaves their events out. Empty where all was written.
   * @throws {Refusal} contended where a row was made, or its times moved, since it was read: then the caller reads anew.
   */
  add(
    path: TaskPath,
    eventIds: readonly string[],
    rows: readonly AddedRow[],
    fresh: number,
  ): Promise<readonly string[]>;
  /** Reads the rows that there are; undefined for one that is not there. */
  held(path: TaskPath, rows: readonly Pick<UseRow, "action" | "resource">[]): Promise<readonly (HeldRow | undefined)[]>;
  /** Number of the rows that were added as fresh. */
  count(path: TaskPath): Promise<number>;
  list(path: TaskPath): Promise<readonly UseRow[]>;
  /** Records the access key of a copy that a session of the task made of itself; the newest `MOST_COPIES` stay. */
  learnCopy(path: TaskPath, copy: CopiedKey): Promise<void>;
  /** Adds denied writes of a task's sessions to those that are remembered, each kind once. @returns all that are remembered. */
  rememberDenied(path: TaskPath, writes: readonly DeniedWrite[]): Promise<readonly DeniedWrite[]>;
  /** Lists the copies that sessions of the task made of themselves. */
  copies(path: TaskPath): Promise<readonly CopiedKey[]>;
}
