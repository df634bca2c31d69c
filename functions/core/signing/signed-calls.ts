import type { TaskPath } from "../task-path.ts";

/** Name under which signatures are counted of requests whose operation is not in their signed parts. */
export const UNCLEAR = "unclear";

/** Signatures that the hub gave by one lease of a task. */
export interface SignedCalls {
  readonly lease: string;
  readonly count: number;
  /** Moment of the last one; epoch milliseconds. */
  readonly lastAtMs: number;
  /** Number of them by operation, or by `UNCLEAR`. */
  readonly operations: ReadonlyMap<string, number>;
}

/** Record of the signatures of tasks whose sessions stay in the hub. Only `sign` writes it. */
export interface SignedCallLog {
  /**
   * Counts a signature before it is given, so that none is given that is not counted.
   * @param operation undefined where the signed parts of the request do not have it.
   * @throws {Refusal} store_unavailable.
   */
  count(path: TaskPath, lease: string, operation: string | undefined, atMs: number): Promise<void>;
  /** Lists the leases of a task by which the hub has signed. @throws {Refusal} store_unavailable. */
  list(path: TaskPath): Promise<readonly SignedCalls[]>;
}
