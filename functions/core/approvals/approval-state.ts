import type { ApprovalRecord } from "./approval-record.ts";

/** States of an approval. `pending`, `approved` and `standing` (used, and good for more uses) are computed from votes, uses and time, and never stored. */
export type ApprovalState =
  | "pending"
  | "approved"
  | "used"
  | "standing"
  | "denied"
  | "withdrawn"
  | "expired"
  | "cancelled"
  | "void";

/** Facts from which the state is computed. Times are epoch seconds. */
export interface ApprovalFacts {
  readonly record: Pick<ApprovalRecord, "expires_at">;
  /** True where the exchange has sealed a use of the approval, for the task in question. */
  readonly isUsed: boolean;
  /**
   * End of the window in which a used standing approval may be used again, epoch seconds; 0 where no use is left.
   * Absent before the first use.
   */
  readonly standsUntil?: number;
  /** Written by `approve`: a person denied the request, or withdrew their approval before it was used. */
  readonly outcome?: "denied" | "withdrawn";
  /** The task that waits has ended. */
  readonly isCancelled: boolean;
  /** True where the exchange found other effects than the approved ones. */
  readonly isVoid: boolean;
  /** Time of the vote that filled the last slot; absent while one is open. */
  readonly filledAt?: number;
  /** Shortest `useWithinSeconds` of the groups whose votes are needed. */
  readonly useWithinSeconds: number;
}

/**
 * Computes the state. A use comes first, since it cannot be undone. A person's denial comes before the clock, so that a
 * time-out is never reported as a denial, nor the reverse.
 * @param nowSeconds epoch seconds.
 */
export function approvalState(facts: ApprovalFacts, nowSeconds: number): ApprovalState {
  const { record, filledAt } = facts;
  const isInWindow = nowSeconds < (facts.standsUntil ?? 0);
  if (facts.isUsed && !isInWindow) return "used";
  if (facts.outcome) return facts.outcome;
  if (facts.isUsed) return "standing";
  if (facts.isVoid) return "void";
  if (facts.isCancelled) return "cancelled";
  // Nobody votes after the first use: the existing votes suffice now, or the next task requests a new approval.
  if (facts.standsUntil !== undefined) return isInWindow && filledAt !== undefined ? "approved" : "expired";
  if (filledAt === undefined) return nowSeconds < record.expires_at ? "pending" : "expired";
  return nowSeconds < filledAt + facts.useWithinSeconds ? "approved" : "expired";
}
