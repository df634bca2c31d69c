import type { SignIn } from "../identity/sign-in.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";
import type { Task } from "../tasks/task.ts";
import type { DelegationUse, Idempotency, Opened, TokenUse } from "../tasks/tasks.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import type { ApprovalUse, ApprovalVoid, CastVotes, GlassReview, StoredApproval } from "./stored-approval.ts";

/** Nonce that no vote has: its sign-in counts for none. */
export const VOID_NONCE = "void";

/** Inbox of a group, in which the requests wait that the group can decide. */
export interface Inbox {
  readonly issuer: string;
  readonly group: string;
}

/** Request for an approval, as it is recorded with the task that waits for it. */
export interface RequestedApproval {
  readonly record: ApprovalRecord;
  /** Hash of the record. */
  readonly hash: string;
  /** `sameRequestKey`: the agent and the granted pairs. */
  readonly key: string;
  /** Inboxes of the groups that are asked, each once. */
  readonly inboxes: readonly Inbox[];
  /** Id of the latest approval of the same request, which no longer waits. */
  readonly replaces?: string;
}

/** Earlier request of an agent, in the agent's list. Times are epoch seconds. */
export interface ListedRequest {
  readonly id: string;
  readonly task: TaskPath;
  readonly key: string;
  /** People who are asked, as `decidersOf` names them. */
  readonly groups: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Places in which the latest use of a standing approval is listed, so that its groups are notified and can find it. */
export interface ToldUse {
  readonly inboxes: readonly Inbox[];
  /** End of the window; epoch seconds. */
  readonly until: number;
}

/** Reads of approvals: for functions that believe an approval and write none. */
export interface Approvals {
  /** Reads all that the exchange has recorded of an approval, strongly. */
  read(id: string): Promise<StoredApproval>;
}

/** Approvals as the exchange, the only function that records requests and uses, works with them. */
export interface ApprovalRequests extends Approvals {
  /** Reads the votes and the outcome, strongly: at most `STORED_VOTES`. Omits what is no vote. */
  readVotes(id: string): Promise<CastVotes>;
  /** Lists the agent's requests since a time, strongly read, the latest first. @param sinceSeconds epoch seconds. */
  listed(agent: string, sinceSeconds: number): Promise<readonly ListedRequest[]>;
  /** Finds the latest request of the agent under this key, strongly read. */
  latest(agent: string, key: string): Promise<Pick<ListedRequest, "id" | "task"> | undefined>;
  /** Finds the agent's latest request for a standing approval under this key, strongly read: its id. */
  standing(agent: string, key: string): Promise<string | undefined>;
  /**
   * Returns the nonce that each sign-in was used with, in the same order; undefined for one that was not used, and `VOID_NONCE` for one of a person whose
   * votes of then are void (`Tasks.voidVotes`).
   */
  noncesOf(signIns: readonly Pick<SignIn, "person" | "signedInAt">[]): Promise<readonly (string | undefined)[]>;
  /**
   * Opens the task that waits, as `Tasks.open` does, and records in the same transaction the request, its place in the groups' inboxes and in the
   * agent's list.
   * @throws {Refusal} as `Tasks.open`; contended where the same request was recorded in the meantime.
   */
  open(
    task: Task,
    event: JournalEvent,
    use: TokenUse,
    idempotency: Idempotency | undefined,
    delegation: DelegationUse | undefined,
    requested: RequestedApproval,
  ): Promise<Opened>;
  /**
   * Records in one transaction that the approval is used, every sign-in of its votes, and the task with its leases, its new deadline and its new seal.
   * Only while the task is alive and unchanged, there is no outcome, the approval is not void, this use is not recorded, and no sign-in was used with
   * another nonce.
   * @param before task as it waits.
   * @param after the same task with what it gets.
   * @param told places of a standing approval's use; absent for an approval that is used once.
   * @throws {Refusal} contended; nothing is written.
   */
  use(
    before: Task,
    after: Task,
    id: string,
    use: ApprovalUse,
    signIns: readonly SignIn[],
    event: JournalEvent,
    told?: ToldUse,
  ): Promise<void>;
  /**
   * Records that another person has reviewed the broken glass, with the event and with the sign-in, which is used by it; only while its review is due.
   * @throws {Refusal} contended where it is not due any more; sign_in_used.
   */
  recordReview(id: string, use: ApprovalUse, review: GlassReview, signIn: SignIn, event: JournalEvent): Promise<void>;
  /** Records that the approval is void, with the event; only while it is unused and the task unchanged. @throws {Refusal} contended. */
  recordVoid(task: Task, id: string, found: ApprovalVoid, event: JournalEvent): Promise<void>;
}
