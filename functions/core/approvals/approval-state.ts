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
  /** Written by the exchange, sealed: the approval was used (for the task that is looked at). */
  readonly isUsed: boolean;
  /**
   * End of the time in which a standing approval that was used may be used again, epoch seconds; 0 where no use is left. Absent before the first use.
   */
  readonly standsUntil?: number;
  /** Written by `approve`: a person denied the request, or withdrew their approval before it was used. */
  readonly outcome?: "denied" | "withdrawn";
  /** The task that waits has ended. */
  readonly isCancelled: boolean;
  /** The exchange found other effects than the approved ones. */
  readonly isVoid: boolean;
  /** Time of the vote that filled the last slot; absent while one is open. */
  readonly filledAt?: number;
  /** Shortest `useWithinSeconds` of the groups that were asked. */
  readonly useWithinSeconds: number;
}

/**
 * Computes the state. A use comes before everything, since it cannot be undone; a person's denial before the clock, so that a time-out is never called a
 * denial and a denial never a time-out.
 * @param nowSeconds epoch seconds.
 */
export function approvalState(facts: ApprovalFacts, nowSeconds: number): ApprovalState {
  const { record, filledAt } = facts;
  const stands = nowSeconds < (facts.standsUntil ?? 0);
  if (facts.isUsed && !stands) return "used";
  if (facts.outcome) return facts.outcome;
  if (facts.isUsed) return "standing";
  if (facts.isVoid) return "void";
  if (facts.isCancelled) return "cancelled";
  // Nobody votes any more once an approval was used: its votes count now, or the next task asks people anew.
  if (facts.standsUntil !== undefined) return stands && filledAt !== undefined ? "approved" : "expired";
  if (filledAt === undefined) return nowSeconds < record.expires_at ? "pending" : "expired";
  return nowSeconds < filledAt + facts.useWithinSeconds ? "approved" : "expired";
}
