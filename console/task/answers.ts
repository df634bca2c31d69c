import type { TaskAnswer } from "../tasks/answers.ts";

/** Tree of a task, without the tasks that the person may not see. Has the task's events, and the opening of each task directly below it. */
export interface TreeAnswer {
  readonly tasks: readonly TaskAnswer[];
  readonly events: readonly EventAnswer[];
  /** Tasks that policy leaves out. */
  readonly hidden: number;
  /** True where the tree has other tasks than those near the task. */
  readonly more?: boolean;
}

export interface EventAnswer {
  readonly task: string;
  readonly n: number;
  readonly type: string;
  readonly at: string;
  readonly by?: string;
  /** Leases that were about to be issued, each with the hash of the session policy that AWS received. */
  readonly leases?: readonly VendedLease[];
}

export interface VendedLease {
  readonly name: string;
  /** Epoch seconds. */
  readonly fence_at: number;
  readonly policy_sha256: string;
}
