import type { JournalEvent } from "../journal/event.ts";
import type { Approvals, Inbox } from "./approvals.ts";
import type { CastVotes, StoredOutcome, StoredVote } from "./stored-approval.ts";

/** Request in a group's inbox. */
export interface Waiting {
  readonly id: string;
  readonly hash: string;
  readonly agent: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** Result of a decision: recorded, or refused since the approval was used, or decided by somebody else, before. */
export type Decided = "recorded" | "used" | "decided";

/** Approvals as `approve`, the only function that records votes and outcomes, works with them. */
export interface Ballots extends Approvals {
  /** Lists the requests that wait for a group, strongly read, the first to expire first. */
  listWaiting(inbox: Inbox): Promise<readonly Waiting[]>;
  /** Removes a request from a group's inbox; one that is already gone is no error. */
  removeWaiting(inbox: Inbox, waiting: Pick<Waiting, "id" | "expiresAt">): Promise<void>;
  /** Reads the votes and the outcome, strongly: at most `STORED_VOTES`. Omits what is no vote. */
  readVotes(id: string): Promise<CastVotes>;
  /** Records a person's vote in place of an earlier one of the same person, with the event; only while the approval is unused and has no outcome. */
  putVote(id: string, vote: StoredVote, event: JournalEvent): Promise<Decided>;
  /** Records the decision against a request, with the event; only while the approval is unused and has no outcome. */
  putOutcome(id: string, outcome: StoredOutcome, event: JournalEvent): Promise<Decided>;
}
