import type { AgentId } from "../../../contract/agent-id.ts";
import type { ApprovalId } from "../../../contract/approval-id.ts";
import type { Person } from "../identity/person.ts";
import type { SignIn } from "../identity/sign-in.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";
import type { Task } from "../tasks/task.ts";
import type { DelegationUse, Idempotency, Opened, Remembered, TokenUse } from "../tasks/tasks.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import type {
  AnnouncedDecision,
  ApprovalUse,
  ApprovalVoid,
  CastVotes,
  GlassReview,
  StoredApproval,
} from "./stored-approval.ts";

/** Nonce that no vote has, so that its sign-in counts for none. */
export const VOID_NONCE = "void";

/** Inbox of a group, with the requests that wait for the group's votes. */
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
  /** Inboxes of the groups whose votes are needed, each once. */
  readonly inboxes: readonly Inbox[];
  /** Id of the latest approval of the same request, which no longer waits. */
  readonly replaces?: ApprovalId;
}

/** Earlier request of an agent, in the agent's list. Times are epoch seconds. */
export interface ListedRequest {
  readonly id: ApprovalId;
  readonly task: TaskPath;
  readonly key: string;
  /** Deciders of the request, as `decidersOf` names them. */
  readonly groups: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Inboxes in which the latest use of a standing approval, or a broken glass, is listed for the groups and their notifications. */
export interface UseListing {
  readonly inboxes: readonly Inbox[];
  /** End of the approval's window, or of the time for the review; epoch seconds. */
  readonly until: number;
  /**
   * `sameRequestKey` under which later requests find the standing approval; only for its first use. A request that
   * nobody has approved yet thus hides no earlier standing approval.
   */
  readonly key?: string;
}

/** Approvals as functions that rely on approvals, and write none, work with them. */
export interface Approvals {
  /** Reads all that the exchange has recorded of an approval, strongly. */
  read(id: ApprovalId): Promise<StoredApproval>;
  /** Reads how people decided, as `approve` announced it; undefined while nobody did. For display only. */
  readAnnounced(id: ApprovalId): Promise<AnnouncedDecision | undefined>;
}

/** Approvals as the exchange, the only function that records requests and uses, works with them. */
export interface ApprovalRequests extends Approvals {
  /** Reads the votes and the outcome, strongly: at most `STORED_VOTES`. Omits items that are not votes. */
  readVotes(id: ApprovalId): Promise<CastVotes>;
  /**
   * Lists all of the agent's requests since a time, strongly read, the latest first: those for one person, or those that
   * are for nobody.
   * @param sinceSeconds epoch seconds.
   */
  listed(agent: AgentId, person: Person | undefined, sinceSeconds: number): Promise<readonly ListedRequest[]>;
  /** Counts the agent's requests since a time for all people, strongly read: up to `most`. @param sinceSeconds epoch seconds. */
  countForPeople(agent: AgentId, sinceSeconds: number, most: number): Promise<number>;
  /** Finds the latest request of the agent under this key, strongly read. */
  latest(agent: AgentId, key: string): Promise<Pick<ListedRequest, "id" | "task"> | undefined>;
  /** Finds the agent's standing approval under this key whose first use is the latest, strongly read: its id. */
  standing(agent: AgentId, key: string): Promise<ApprovalId | undefined>;
  /**
   * Returns the nonce that each sign-in was used with, in the same order; undefined for an unused one. `VOID_NONCE` for
   * a sign-in that is void with its person's votes (`Tasks.voidVotes`).
   */
  noncesOf(signIns: readonly Pick<SignIn, "person" | "signedInAt">[]): Promise<readonly (string | undefined)[]>;
  /**
   * Opens the task that waits, as `Tasks.open` does. The same transaction records the request, its place in the groups'
   * inboxes, and its place in the agent's list.
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
   * Records the use of the approval, the use of every vote's sign-in, and the changed task, in one transaction. The
   * task has its leases, its new deadline and its new seal. The conditions: the task is alive and unchanged. The
   * approval has no outcome and is not void. This use is not recorded, and no sign-in was used with another nonce.
   * @param before task as it waits.
   * @param after the same task with its grants.
   * @param listing places of a standing approval's use, or of a broken glass; absent for any other use.
   * @param remembered what the hub remembers with the use.
   * @throws {Refusal} contended; nothing is written.
   */
  use(
    before: Task,
    after: Task,
    id: ApprovalId,
    use: ApprovalUse,
    signIns: readonly SignIn[],
    event: JournalEvent,
    listing?: UseListing,
    remembered?: Remembered,
  ): Promise<void>;
  /**
   * Records that another person has reviewed the broken glass, with the event, and uses up the sign-in. Only while the
   * review is due.
   * @throws {Refusal} contended where it is not due any more; sign_in_used.
   */
  recordReview(
    id: ApprovalId,
    use: ApprovalUse,
    review: GlassReview,
    signIn: SignIn,
    event: JournalEvent,
  ): Promise<void>;
  /**
   * Records that the approval is void, with the event. Only while it is unused and the task unchanged.
   * @throws {Refusal} contended.
   */
  recordVoid(task: Task, id: ApprovalId, found: ApprovalVoid, event: JournalEvent): Promise<void>;
}
