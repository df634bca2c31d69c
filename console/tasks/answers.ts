/** Task as operators read it. Purpose and names were written by others. */
export interface TaskAnswer {
  readonly id: string;
  readonly agent: string;
  readonly purpose: string;
  readonly status: string;
  /** Person for whom the task acts. */
  readonly sub?: string;
  readonly opened_at: string;
  readonly expires_at: string;
  readonly ended_at?: string;
  readonly ended_by?: string;
  readonly outcome?: { readonly result: string; readonly detail?: string };
  readonly authorization_details: readonly unknown[];
  readonly leases: readonly LeaseAnswer[];
  readonly approval?: { readonly id: string };
}

export interface LeaseAnswer {
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly account?: string;
  readonly access_key_id?: string;
  readonly fence_at?: string;
  readonly expires_at?: string;
}

/** Page of tasks. */
export interface TaskPage {
  readonly tasks: readonly TaskAnswer[];
  readonly next?: string;
}

/** Receipt of a task, as of now. */
export interface ReceiptAnswer {
  readonly status: string;
  readonly ended_at?: string;
  readonly by?: string;
  readonly leases: readonly LeaseReceipt[];
  readonly complete: boolean;
}

export interface LeaseReceipt {
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly policy_written_at?: string;
  readonly revoked_at?: string;
  /** Time since the end of the task. */
  readonly milliseconds?: number;
  readonly observed?: { readonly status: string; readonly denied_at?: string; readonly milliseconds: number };
}
