/** Answer of `GET /v1/escalations`. */
export interface EscalationList {
  readonly escalations: readonly EscalationAnswer[];
  readonly next?: string;
}

/** Escalation, or the mark of an hour with more escalations of a kind than are listed. */
export type EscalationAnswer = FoundAnswer | UnlistedAnswer;

interface Whose {
  readonly rule: string;
  /** Condition under which the rule fires. */
  readonly says: string;
  readonly agent?: string;
  readonly account?: string;
}

export interface FoundAnswer extends Whose {
  readonly at: string;
  readonly found_at: string;
  readonly task?: string;
  readonly role?: string;
  /** Name of a session whose key nobody recorded; whoever made it chose the name. */
  readonly session?: string;
  readonly key_id?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly error?: string;
  readonly source_ip?: string;
  readonly event_id?: string;
  readonly token_sha256?: string;
  readonly done: string;
  readonly wanted?: string;
  /** Root of the journal event. */
  readonly event: string;
}

export interface UnlistedAnswer extends Whose {
  readonly until: string;
  readonly unlisted: true;
}
