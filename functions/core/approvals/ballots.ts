import type { AgentId } from "../../../contract/agent-id.ts";
import type { ApprovalId } from "../../../contract/approval-id.ts";
import type { OwnDecisionKind } from "../../../contract/names.ts";
import type { Person } from "../identity/person.ts";
import type { SignIn } from "../identity/sign-in.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";
import type { Approvals, Inbox, ListedRequest } from "./approvals.ts";
import type { CastVotes, StoredOutcome, StoredVote } from "./stored-approval.ts";

/** Request in a group's inbox, or standing approval that the group's people gave. */
export interface Waiting {
  readonly id: ApprovalId;
  readonly hash: string;
  readonly agent: AgentId;
  /** End of the time in which people can decide, or of a standing approval's window; epoch seconds. */
  readonly expiresAt: number;
  /** Number of the latest use, for a standing approval; absent for a request that waits. */
  readonly use?: number;
  /** Task that waits; absent for a use, and for a request that an earlier release has listed. */
  readonly task?: TaskPath;
}

/** Approval in the list of what a person gave. */
export interface GivenApproval {
  readonly id: ApprovalId;
  /** Time until which it is listed; epoch seconds. */
  readonly until: number;
}

/** Decision in the list of what a person decided. For display only: the request's votes and outcome decide. */
export interface OwnDecision {
  readonly id: ApprovalId;
  readonly decision: OwnDecisionKind;
  /** Epoch seconds. */
  readonly at: number;
}

/** Span of time of requests; epoch seconds, both included. */
export interface AskedSpan {
  readonly from: number;
  readonly until: number;
}

/** Result of a decision: recorded, or not, since the approval was used before or somebody else decided before. */
export type Decided = "recorded" | "used" | "decided";

/** Approvals as `approve`, the only function that records votes and outcomes, works with them. */
export interface Ballots extends Approvals {
  /**
   * Lists the requests that wait for a group, and its standing approvals, strongly read, the first to expire first.
   * Omits those whose time is over. @param nowSeconds epoch seconds.
   */
  listWaiting(inbox: Inbox, nowSeconds: number): Promise<readonly Waiting[]>;
  /**
   * Lists the agent's requests of a span of time, strongly read, the latest first: those for one person, or those that
   * are for nobody. @param most upper bound on the requests that are read.
   */
  listRequests(
    agent: AgentId,
    person: Person | undefined,
    span: AskedSpan,
    most: number,
  ): Promise<readonly ListedRequest[]>;
  /** Announces that all votes are given, for lists of tasks. Changes nothing where a decision is announced already. @param at epoch seconds. */
  announceApproved(id: ApprovalId, at: number): Promise<void>;
  /** Removes a request from a group's inbox; one that is already gone is no error. */
  removeWaiting(inbox: Inbox, waiting: Pick<Waiting, "id" | "expiresAt">): Promise<void>;
  /**
   * True where everything that the person signed by that sign-in is void (`Tasks.voidVotes`), unless it was used
   * before.
   */
  isVoid(signIn: Pick<SignIn, "person" | "signedInAt">): Promise<boolean>;
  /** Reads the votes and the outcome, strongly: at most `STORED_VOTES`. Omits items that are not votes. */
  readVotes(id: ApprovalId): Promise<CastVotes>;
  /**
   * Records a person's vote, in place of an earlier one of the same person, with the event. The vote is added to the
   * lists of what the person gave and decided. Only while the approval is unused and has no outcome.
   * @param listedUntil end of the time in which the person can withdraw the vote or end the task; epoch seconds.
   */
  putVote(id: ApprovalId, vote: StoredVote, event: JournalEvent, listedUntil: number): Promise<Decided>;
  /**
   * Lists the approvals that a person gave, strongly read, as long as they are listed (`putVote`).
   * @param nowSeconds epoch seconds.
   */
  listGiven(person: Person, nowSeconds: number): Promise<readonly GivenApproval[]>;
  /**
   * Lists what a person decided after a moment, strongly read, the latest first, each request once, with the latest
   * decision about it.
   * @param afterSeconds epoch seconds.
   */
  listOwn(person: Person, afterSeconds: number): Promise<readonly OwnDecision[]>;
  /**
   * Records the decision against a request, with the event, and announces it. The decision is added to the list of what
   * the person decided. Only while the approval has no outcome, and its last use is
   * not recorded.
   * @param lastUse 1, or the number of uses of a standing approval.
   */
  putOutcome(id: ApprovalId, outcome: StoredOutcome, event: JournalEvent, lastUse: number): Promise<Decided>;
}
