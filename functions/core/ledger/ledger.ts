import type { Region } from "../deployment/region.ts";
import type { RoleRef } from "../revocation/roles.ts";
import type { TaskPath } from "../task-path.ts";

/** Denied write: a hash of its action and resource, and the time of the latest; epoch seconds. */
export interface DeniedWrite {
  readonly what: string;
  readonly at: number;
}

/** Uses of one action on one resource by a task, summed. Times are epoch seconds. */
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
  /** Region of the latest call; `""` where its event names none. */
  readonly region: Region | "";
  readonly sourceIp: string;
  readonly errorCode?: string;
  /** Ids of versions of an S3 object that the calls have made, in no order: the first `MOST_VERSIONS` that were reported. */
  readonly versions?: readonly string[];
}

/** Stored row, as it was read before a new row is added to it. */
export type HeldRow = Pick<UseRow, "first" | "last" | "errorCode" | "versions">;

/** New row with the stored one to which it is added. Without a stored one, a new row is created. */
export interface AddedRow extends UseRow {
  readonly held?: HeldRow | undefined;
}

/** Upper bound on the rows of one task. Further uses are summed in one row, `other`. */
export const MOST_ROWS = 500;

/** Upper bound on the versions of an object that one row names. */
export const MOST_VERSIONS = 20;

/** Row of all uses above the bound. */
export const OTHER = { action: "other", resource: "*" } as const;

/** Access key of a session's copy, in the role of the session. */
export interface CopiedKey extends RoleRef {
  readonly keyId: string;
}

/**
 * Upper bound on the copies of a task's sessions whose keys are known at the same time. A copy is valid up to its
 * session's fence, at most 900 seconds. A task that uses an older copy has made one each seven seconds.
 */
export const MOST_COPIES = 128;

/** Record of what tasks did with their keys. */
export interface Ledger {
  /**
   * Adds rows of one task, together with the ids of their events, in one transaction. Each row retains its earliest and
   * its latest time, in whatever order calls are reported.
   * @param rows with the stored rows that were read before.
   * @param fresh number of the rows that count as new.
   * @returns ids that were recorded before: the call has written nothing, and the caller has to omit their events.
   * Empty where everything was written.
   * @throws {Refusal} contended where a row was created, or its times changed, since it was read. The caller has to
   * read it again.
   */
  add(
    path: TaskPath,
    eventIds: readonly string[],
    rows: readonly AddedRow[],
    fresh: number,
  ): Promise<readonly string[]>;
  /** Reads the stored rows; undefined for each that does not exist. */
  held(path: TaskPath, rows: readonly Pick<UseRow, "action" | "resource">[]): Promise<readonly (HeldRow | undefined)[]>;
  /** Returns the number of rows that were added as fresh. */
  count(path: TaskPath): Promise<number>;
  list(path: TaskPath): Promise<readonly UseRow[]>;
  /**
   * Records the access key of a copy that a session of the task made of itself. The newest `MOST_COPIES` are retained.
   */
  learnCopy(path: TaskPath, copy: CopiedKey): Promise<void>;
  /** Adds denied writes of a task's sessions to the recorded ones, each kind once. @returns all recorded ones. */
  rememberDenied(path: TaskPath, writes: readonly DeniedWrite[]): Promise<readonly DeniedWrite[]>;
  /** Lists the copies that sessions of the task made of themselves. */
  copies(path: TaskPath): Promise<readonly CopiedKey[]>;
}
