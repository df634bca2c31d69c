import type { ApprovalRecord } from "../../functions/core/approvals/approval-record.ts";
import type { ApprovalState } from "../../functions/core/approvals/approval-state.ts";

/** Votes that a group must give, and has given. */
export interface Slots {
  readonly group: string;
  readonly count: number;
  readonly have: number;
}

/** Part of the signed-in person in a request. */
export interface You {
  readonly may_vote: boolean;
  readonly has_voted: boolean;
  /** Code of the reason why not. */
  readonly why?: string;
}

/** Entry of the inbox, as the API lists it. No decision is made from a list. */
export interface Listed {
  readonly id: string;
  readonly status: ApprovalState;
  readonly needed: readonly Slots[];
  readonly agent: { readonly id: string; readonly name: string; readonly team: string };
  readonly purpose: string;
  /** RFC 3339, unlike in the record, which has epoch seconds. */
  readonly created_at: string;
  readonly expires_at: string;
  readonly standing?: StandingUses;
  readonly review?: Review;
  readonly task?: UsedTask;
  readonly you: You;
}

/** Task of the latest use. */
export interface UsedTask {
  readonly id: string;
  /** True where the task may act now, and can be ended. */
  readonly live: boolean;
}

/** Review of a broken glass. */
export interface Review {
  /** Use as sealed by the exchange. A reviewer signs it. */
  readonly use: { readonly id: string; readonly hash: string; readonly usedAt: number };
  readonly due_at: string;
  readonly done: boolean;
}

/** Uses of a standing approval. */
export interface StandingUses {
  readonly used: number;
  readonly uses: number;
  /** End of the window; RFC 3339. */
  readonly until: string;
}

/** One approval, as the API answers it. A vote signs the record only. */
export interface Shown {
  readonly record: ApprovalRecord;
  readonly hash: string;
  readonly status: ApprovalState;
  readonly needed: readonly Slots[];
  readonly votes: readonly {
    readonly group: string;
    readonly cast_at: string;
    readonly you: boolean;
    /** True for a vote that no longer counts, since its person has left. */
    readonly void?: true;
  }[];
  readonly standing?: StandingUses;
  readonly review?: Review;
  readonly task?: UsedTask;
  readonly outcome?: { readonly decision: string; readonly reason?: string; readonly at: string };
  readonly you: You;
  /** Facts about the messages to the groups' channels. */
  readonly notices?: readonly { readonly channel: string; readonly told: boolean; readonly failed_at?: string }[];
  readonly sign_in?: { readonly issuer: string; readonly acr_values?: string | readonly string[] };
}

export interface Decided {
  readonly status: ApprovalState;
  readonly needed: readonly Slots[];
}
