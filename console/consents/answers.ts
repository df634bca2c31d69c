/** Consent as the API answers it. Purpose and names were written by others. */
export interface ConsentAnswer {
  readonly id: string;
  readonly status: string;
  readonly person: string;
  readonly agent: string;
  readonly purpose: string;
  readonly authorization_details: readonly unknown[];
  readonly created_at: string;
  readonly expires_at: string;
  readonly last_used_at?: string;
}

/** Withdrawn consent, with the tasks that the withdrawal ended. */
export interface WithdrawnAnswer extends ConsentAnswer {
  readonly ended: readonly string[];
}
