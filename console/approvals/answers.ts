import type { ApprovalRecord } from "../../functions/core/approvals/approval-record.ts";
import type { ApprovalState } from "../../functions/core/approvals/approval-state.ts";

/** Votes that a group must give, and has given. */
export interface Slots {
  readonly group: string;
  readonly count: number;
  readonly have: number;
}

/** Entry of the inbox, as the API lists it. Nothing is decided from a list. */
export interface Listed {
  readonly id: string;
  readonly status: ApprovalState;
  readonly needed: readonly Slots[];
  readonly agent: { readonly id: string; readonly name: string; readonly team: string };
  readonly purpose: string;
  /** Epoch seconds. */
  readonly created_at: number;
  readonly expires_at: number;
  readonly you: { readonly may_vote: boolean; readonly why?: string };
}

/** One approval, as the API answers it. Of this, the record alone is what is signed. */
export interface Shown {
  readonly record: ApprovalRecord;
  readonly hash: string;
  readonly status: ApprovalState;
  readonly needed: readonly Slots[];
  readonly votes: readonly { readonly group: string; readonly cast_at: number; readonly you: boolean }[];
  readonly outcome?: { readonly decision: string; readonly reason?: string; readonly at: number };
  readonly you: { readonly may_vote: boolean; readonly groups?: readonly string[]; readonly why?: string };
  readonly sign_in?: { readonly issuer: string; readonly acr_values?: string | readonly string[] };
}

export interface Decided {
  readonly status: ApprovalState;
  readonly needed: readonly Slots[];
}
