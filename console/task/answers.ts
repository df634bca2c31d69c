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

/** Decision of policy about the task's request, made now. */
export interface ExplanationAnswer {
  readonly bundle: string;
  readonly answer: string;
  readonly sentence?: string;
  readonly pairs: readonly ExplainedPair[];
  readonly sessions: readonly ExplainedSession[];
}

export interface ExplainedPair {
  readonly action: string;
  readonly target: string;
  readonly permitted?: { readonly permits: readonly string[]; readonly forbids: readonly string[] };
}

export interface ExplainedSession {
  readonly lease: string;
  readonly account: string;
  /** Session policy, as JSON text. */
  readonly policy: string;
  readonly proof: string;
}

export interface PolicyListAnswer {
  readonly policies: readonly { readonly id: string; readonly effect: string; readonly text: string }[];
  readonly next?: string;
}
