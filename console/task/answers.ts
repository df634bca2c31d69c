import type { TaskAnswer } from "../tasks/answers.ts";

/** Tree of a task: every task of it that the person may see, and what happened to each. */
export interface TreeAnswer {
  readonly tasks: readonly TaskAnswer[];
  readonly events: readonly EventAnswer[];
  /** Tasks that are left out. */
  readonly hidden: number;
}

export interface EventAnswer {
  readonly task: string;
  readonly n: number;
  readonly type: string;
  readonly at: string;
  readonly by?: string;
}

export interface LedgerAnswer {
  readonly rows: readonly LedgerRow[];
}

/** Action on a resource: granted, used and denied. */
export interface LedgerRow {
  readonly action: string;
  readonly resource: string;
  readonly granted: boolean;
  readonly used: number;
  readonly denied: number;
  readonly visibility: string;
  readonly error?: string;
}
