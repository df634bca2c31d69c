import type { AgentId } from "../../../../contract/agent-id.ts";
import { type ApprovalId, approvalId } from "../../../../contract/approval-id.ts";
import type {
  ApprovalRequests,
  ListedRequest,
  RequestedApproval,
  UseListing,
} from "../../../core/approvals/approvals.ts";
import { OVERDUE_SECONDS, REVIEW_SECONDS } from "../../../core/approvals/break-glass.ts";
import type {
  AnnouncedDecision,
  ApprovalUse,
  ApprovalVoid,
  CastVotes,
  GlassReview,
  StoredApproval,
} from "../../../core/approvals/stored-approval.ts";
import type { Person } from "../../../core/identity/person.ts";
import { personId } from "../../../core/identity/person.ts";
import type { SignIn } from "../../../core/identity/sign-in.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { knownPath } from "../../../core/task-path.ts";
import type { Task } from "../../../core/tasks/task.ts";
import type { DelegationUse, Idempotency, Opened, Remembered, TokenUse } from "../../../core/tasks/tasks.ts";
import { nonceOf, signInRefusal, voteWrites } from "../identity/sign-in-items.ts";
import { plannedWrite } from "../leases/dynamo-pending-revocations.ts";
import { approvalsOf, FOR_PEOPLE, keys, padded } from "../table/dynamo-keys.ts";
import type { DynamoTable, Write } from "../table/dynamo-table.ts";
import { changeTask, contended, deadlineWrites, eventWrite } from "../tasks/task-change.ts";
import { CONNECTED, itemOfTask } from "../tasks/task-item.ts";
import { openTask, rememberedWrites } from "../tasks/task-opening.ts";
import {
  APPROVAL_SECONDS,
  readAnnounced,
  readApproval,
  readRequests,
  readVotes,
  requestWrites,
} from "./approval-items.ts";

/** Approvals in the one table, for the exchange. */
export class DynamoApprovals implements ApprovalRequests {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  read(id: ApprovalId): Promise<StoredApproval> {
    return readApproval(this.#table, id);
  }

  readAnnounced(id: ApprovalId): Promise<AnnouncedDecision | undefined> {
    return readAnnounced(this.#table, id);
  }

  readVotes(id: ApprovalId): Promise<CastVotes> {
    return readVotes(this.#table, id);
  }

  listed(agent: AgentId, person: Person | undefined, sinceSeconds: number): Promise<readonly ListedRequest[]> {
    const { POSITIVE_INFINITY: all } = Number;
    return readRequests(this.#table, agent, person, { from: sinceSeconds, until: all }, all);
  }

  async countForPeople(agent: AgentId, sinceSeconds: number, most: number): Promise<number> {
    const between = { from: `${FOR_PEOPLE}${padded(sinceSeconds)}`, to: `${FOR_PEOPLE}~`, most };
    for await (const page of this.#table.lastFirst(approvalsOf(agent), between)) return page.length;
    return 0;
  }

  async latest(agent: AgentId, key: string): Promise<Pick<ListedRequest, "id" | "task"> | undefined> {
    const item = await this.#table.get(keys.latestApproval(agent, key));
    return item && { id: approvalId(String(item.id)), task: knownPath(String(item.task)) };
  }

  async standing(agent: AgentId, key: string): Promise<ApprovalId | undefined> {
    const item = await this.#table.get(keys.standingApproval(agent, key));
    return item && approvalId(String(item.id));
  }

  noncesOf(signIns: readonly Pick<SignIn, "person" | "signedInAt">[]): Promise<readonly (string | undefined)[]> {
    return Promise.all(signIns.map((signIn) => nonceOf(this.#table, signIn)));
  }

  open(
    task: Task,
    event: JournalEvent,
    use: TokenUse,
    idempotency: Idempotency | undefined,
    delegation: DelegationUse | undefined,
    requested: RequestedApproval,
  ): Promise<Opened> {
    return openTask(this.#table, { task, event, use, idempotency, delegation }, requestWrites(this.#table, requested));
  }

  use(
    before: Task,
    after: Task,
    id: ApprovalId,
    use: ApprovalUse,
    signIns: readonly SignIn[],
    event: JournalEvent,
    listing?: UseListing,
    remembered: Remembered = {},
  ): Promise<void> {
    const { n, ...fields } = use;
    const used = { n, ...fields, ttl: use.usedAt + APPROVAL_SECONDS };
    return changeTask(this.#table, before, event, usedTask(after), [
      this.#table.putWrite("used", keys.approvalUse(id, n), used, "absent"),
      this.#table.checkWrite("outcome", keys.voteOutcome(id), "absent"),
      this.#table.checkWrite("void", keys.approvalVoid(id), "absent"),
      ...haltChecks(this.#table, after),
      ...signIns.flatMap((signIn) => voteWrites(this.#table, signIn, use.task)),
      ...placeWrites(this.#table, after),
      ...(use.glass
        ? [this.#table.putWrite("glass", glassOf(id, use), glassFields(after, use, signIns), "absent")]
        : []),
      ...(listing ? useWrites(this.#table, after, id, use, listing) : []),
      ...rememberedWrites(this.#table, remembered),
    ]);
  }

  async recordReview(
    id: ApprovalId,
    use: ApprovalUse,
    review: GlassReview,
    signIn: SignIn,
    event: JournalEvent,
  ): Promise<void> {
    const { token } = signIn;
    const ttl = review.at + APPROVAL_SECONDS;
    const failed = await this.#table.transact([
      this.#table.deleteWriteIf("glass", glassOf(id, use), {
        where: "attribute_exists(#pk)",
        names: { pk: "pk" },
        values: {},
      }),
      this.#table.putWrite("review", keys.glassReview(id), { ...review, token, ttl }, "absent"),
      ...voteWrites(this.#table, signIn, use.task),
      eventWrite(this.#table, event),
    ]);
    // Reports an earlier review first: the same sign-in was used for it.
    if (failed.includes("review") || failed.includes("glass")) throw contended(failed);
    if (failed.length > 0) throw signInRefusal(failed);
  }

  recordVoid(task: Task, id: ApprovalId, found: ApprovalVoid, event: JournalEvent): Promise<void> {
    return changeTask(this.#table, task, event, { set: "", names: {}, values: {} }, [
      this.#table.putWrite("void", keys.approvalVoid(id), { ...found, ttl: found.at + APPROVAL_SECONDS }, "absent"),
      this.#table.checkWrite("used", keys.approvalUse(id, 1), "absent"),
    ]);
  }
}

/** Makes the conditions that no account of the task is halted. */
const haltChecks = (table: DynamoTable, { leases }: Task): readonly Write[] =>
  [...new Set(leases.map(({ account }) => account))].map((account) =>
    table.checkWrite("halt", keys.accountHalt(account), "absent"),
  );

/** Makes the fields of a broken glass. One sign-in alone has broken it. */
const glassFields = ({ agent }: Task, { usedAt }: ApprovalUse, [own]: readonly SignIn[]) => ({
  agent,
  ttl: usedAt + REVIEW_SECONDS + OVERDUE_SECONDS,
  ...(own ? { by: personId(own.person) } : {}),
});
const glassOf = (id: ApprovalId, { usedAt }: ApprovalUse) => keys.glass(usedAt + REVIEW_SECONDS, id);

/**
 * Lists the latest use of a standing approval in its groups' inboxes, until the end of its window. With the first use,
 * also lists the approval for the agent.
 */
const useWrites = (
  table: DynamoTable,
  { agent }: Task,
  id: ApprovalId,
  { n, hash, usedAt }: ApprovalUse,
  { inboxes, until, key }: UseListing,
): readonly Write[] => [
  ...inboxes.map((inbox) =>
    table.putWrite("inbox", keys.inbox(inbox, until, id), { hash, agent, use: n, ttl: until }, "whatever"),
  ),
  ...(key === undefined
    ? []
    : [
        table.putWrite(
          "standing",
          keys.standingApproval(agent, key),
          { id, ttl: usedAt + APPROVAL_SECONDS },
          "whatever",
        ),
      ]),
];

/** Makes the change that gives the task's item its leases, its deadline and its new seal. */
function usedTask(after: Task) {
  const { details, leases, connectorLeases, openedAt, expiresAt, movesUntil, seal } = itemOfTask(after);
  return {
    set: `SET #details = :details, #leases = :leases, #openedAt = :openedAt, #expiresAt = :expiresAt, #seal = :seal${
      connectorLeases ? ", #connected = :connected" : ""
    }${movesUntil === undefined ? "" : ", #movesUntil = :movesUntil"}`,
    names: {
      details: "details",
      leases: "leases",
      openedAt: "openedAt",
      expiresAt: "expiresAt",
      seal: "seal",
      ...(connectorLeases ? { connected: CONNECTED } : {}),
      ...(movesUntil === undefined ? {} : { movesUntil: "movesUntil" }),
    },
    values: { details, leases, openedAt, expiresAt, movesUntil, seal, connected: connectorLeases },
  };
}

/** Writes the entries that point to the task's leases and to its new deadline. */
const placeWrites = (table: DynamoTable, task: Task): readonly Write[] => [
  ...deadlineWrites(table, task),
  ...(task.connectorLeases ?? []).map((lease) => plannedWrite(table, lease)),
];
