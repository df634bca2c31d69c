import { type AgentId, isAgentId } from "../../../../contract/agent-id.ts";
import { type ApprovalId, approvalId, isApprovalId } from "../../../../contract/approval-id.ts";
import { decidersOf } from "../../../core/approvals/approval-limits.ts";
import { type ApprovalRecord, recordText } from "../../../core/approvals/approval-record.ts";
import type { Inbox, ListedRequest, RequestedApproval } from "../../../core/approvals/approvals.ts";
import type { AskedSpan, Waiting } from "../../../core/approvals/ballots.ts";
import {
  type AnnouncedDecision,
  type ApprovalVoid,
  announcedIn,
  type CastVotes,
  outcomeIn,
  recordIn,
  STORED_VOTES,
  type StoredApproval,
  useIn,
  voteIn,
} from "../../../core/approvals/stored-approval.ts";
import type { Person } from "../../../core/identity/person.ts";
import { isTaskPath } from "../../../core/task-path.ts";
import { OUTCOME } from "../../../names.ts";
import { recordOf } from "../table/dynamo-item.ts";
import {
  AT,
  afterTime,
  approvalPartition,
  approvalsOf,
  askedFor,
  inboxPartition,
  keys,
  padded,
  votePartition,
} from "../table/dynamo-keys.ts";
import type { DynamoTable, Write } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";

/** Requests of an agent that are read at a time. */
const PAGE = 256;

/** Time for which requests, votes and uses stay readable; seconds. Longer than any standing approval and the tasks under it. */
export const APPROVAL_SECONDS = 90 * 86_400;

/**
 * Reads everything that the exchange has recorded about an approval (`Approvals.read`). Broken items count as void, or
 * as no use.
 */
export async function readApproval(table: DynamoTable, id: ApprovalId): Promise<StoredApproval> {
  const items = await table.query(approvalPartition(id), "");
  const record = recordIn(items.find(({ sk }) => sk === "REQUEST")?.record, id);
  const found = items.find(({ sk }) => sk === "VOID");
  const review = items.find(({ sk }) => sk === "REVIEW");
  return {
    ...(record ? { record } : {}),
    uses: items.filter(({ sk }) => String(sk).startsWith("USED")).flatMap((item) => useIn(item) ?? []),
    ...(found ? { void: recordOf<ApprovalVoid>(found) } : {}),
    // Omits the token, which is stored only for the archive.
    ...(review ? { review: { at: Number(review.at), vote: String(review.vote) } } : {}),
  };
}

/** Reads how people decided, as `approve` announced it (`Approvals.readAnnounced`). */
export async function readAnnounced(table: DynamoTable, id: ApprovalId): Promise<AnnouncedDecision | undefined> {
  const item = await table.get(keys.announcedDecision(id));
  return item && announcedIn(item);
}

/** Reads a request's record alone; undefined where it is missing or cannot be read. */
export async function readRequest(table: DynamoTable, id: ApprovalId): Promise<ApprovalRecord | undefined> {
  return recordIn((await table.get(keys.approval(id)))?.record, id);
}

/**
 * Lists the requests in a group's inbox whose time is not over, strongly read, the first to expire first. Reads no
 * expired one: DynamoDB may take days to remove it.
 */
export async function readWaiting(table: DynamoTable, inbox: Inbox, nowSeconds: number): Promise<readonly Waiting[]> {
  const items = await table.queryAfter(inboxPartition(inbox), afterTime(nowSeconds));
  return items.flatMap(({ sk, hash, agent, use, task }) => {
    const [expiresAt, id] = String(sk).split("#");
    if (!isAgentId(agent) || !isApprovalId(id) || !(task === undefined || isTaskPath(task))) return [];
    return {
      id,
      hash: String(hash),
      agent,
      expiresAt: Number(expiresAt),
      ...(use === undefined ? {} : { use: Number(use) }),
      ...(task === undefined ? {} : { task }),
    };
  });
}

/** Reads the votes and the outcome (`ApprovalRequests.readVotes`). */
export async function readVotes(table: DynamoTable, id: ApprovalId): Promise<CastVotes> {
  const [outcome, items] = await Promise.all([
    table.get(keys.voteOutcome(id)),
    table.page(votePartition(id), OUTCOME, STORED_VOTES.most),
  ]);
  return {
    votes: items.flatMap((item) => voteIn(item) ?? []),
    ...(outcome ? { outcome: outcomeIn(outcome) } : {}),
  };
}

/** Writes a request for approval: its record, its places in the inboxes, and its place in the agent's list. */
export function requestWrites(table: DynamoTable, requested: RequestedApproval): readonly Write[] {
  const { record, hash, key, inboxes, replaces } = requested;
  const { id, task, agent, person, created_at: createdAt, expires_at: expiresAt } = record;
  const ttl = createdAt + APPROVAL_SECONDS;
  const listed = { task, key, groups: decidersOf(record), createdAt, expiresAt };
  const isLatest =
    replaces === undefined ? "absent" : { where: "#id = :replaces", names: { id: "id" }, values: { replaces } };
  return [
    table.putWrite("approval", keys.approval(id), { record: recordText(record), ttl }, "absent"),
    ...inboxes.map((inbox) =>
      table.putWrite(
        "inbox",
        keys.inbox(inbox, expiresAt, id),
        { hash, agent: agent.id, task, ttl: expiresAt },
        "absent",
      ),
    ),
    ...(person
      ? [
          table.putWrite(
            "listed",
            keys.approvalForPerson(agent.id, person, createdAt, id),
            { ...listed, ttl },
            "absent",
          ),
          table.putWrite("people", keys.approvalForPeople(agent.id, createdAt, id), { ttl }, "absent"),
        ]
      : [table.putWrite("listed", keys.approvalOfAgent(agent.id, createdAt, id), { ...listed, ttl }, "absent")]),
    table.putWrite("same", keys.latestApproval(agent.id, key), { id, task, ttl }, isLatest),
  ];
}

/**
 * Lists an agent's requests of a span of time, strongly read, the latest first: those for one person, or those that are
 * for nobody.
 * @param most upper bound on the requests that are read.
 */
export async function readRequests(
  table: DynamoTable,
  agent: AgentId,
  person: Person | undefined,
  { from, until }: AskedSpan,
  most: number,
): Promise<readonly ListedRequest[]> {
  const prefix = person ? askedFor(person) : AT;
  const to = `${prefix}${until === Number.POSITIVE_INFINITY ? "~" : afterTime(until)}`;
  const between = { from: `${prefix}${padded(from)}`, to, most: Math.min(PAGE, most) };
  const listed: ListedRequest[] = [];
  for await (const page of table.lastFirst(approvalsOf(agent), between)) {
    listed.push(...page.map(listedOf));
    if (listed.length >= most) break;
  }
  return listed.slice(0, most);
}

/**
 * Reads an entry of an agent's list; its sort key ends with the approval's id.
 * @throws {TypeError} where the sort key ends with another text: an entry that is left out would not count.
 */
export const listedOf = (item: Item): ListedRequest => ({
  ...recordOf<Omit<ListedRequest, "id">>(item),
  id: approvalId(String(item.sk).split("#").at(-1) ?? ""),
});
