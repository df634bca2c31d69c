import { createHash } from "node:crypto";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { consentOf } from "../../../core/people/on-behalf.ts";
import { Refusal } from "../../../core/refusal.ts";
import { knownPath, parentOf, type TaskPath } from "../../../core/task-path.ts";
import { firstLookMinute, needsTimer, type Task } from "../../../core/tasks/task.ts";
import type { DelegationUse, Idempotency, Opened, Remembered, TokenUse } from "../../../core/tasks/tasks.ts";
import { budgetWrites } from "../budgets/dynamo-budgets.ts";
import { holdWrites } from "../holds/dynamo-holds.ts";
import { plannedWrite } from "../leases/dynamo-pending-revocations.ts";
import { roleWrites } from "../leases/role-items.ts";
import { keys } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS, type Write } from "../table/dynamo-table.ts";
import { delegationUseWrites } from "./delegation-use.ts";
import { consentUse } from "./dynamo-consents.ts";
import { listingWrites as tokenListing } from "./live-tokens.ts";
import { personWrites } from "./person-items.ts";
import { contended, liveItem, taskEventWrite, timerItem } from "./task-change.ts";
import { itemOfTask } from "./task-item.ts";
import { tokenUseWrites } from "./token-use.ts";

/** Task to open, with everything that the same transaction records. */
export interface Opening {
  readonly task: Task;
  readonly event: JournalEvent;
  readonly use: TokenUse;
  readonly idempotency: Idempotency | undefined;
  readonly delegation: DelegationUse | undefined;
  readonly remembered?: Remembered;
}

/**
 * Records a task with all entries that point to it, in one transaction (`Tasks.open`).
 * @param others further writes of the transaction.
 */
export async function openTask(table: DynamoTable, opening: Opening, others: readonly Write[] = []): Promise<Opened> {
  const { task, event, use, idempotency, delegation, remembered = {} } = opening;
  const consent = consentOf(task.onBehalf);
  const failed = await table.transact([
    table.putWrite("task", keys.task(task.path), itemOfTask(task), "absent"),
    taskEventWrite(table, task.path, event),
    ...listingWrites(table, task),
    ...personWrites(table, task),
    ...roleWrites(table, task, task.leases),
    ...task.presentations.flatMap((presentation) => tokenListing(table, task.path, presentation)),
    ...(task.connectorLeases ?? []).map((lease) => plannedWrite(table, lease)),
    ...tokenUseWrites(table, use, task.path, idempotency?.replaces),
    ...(idempotency ? [requestWrite(table, idempotency, task)] : []),
    ...(delegation ? delegationUseWrites(table, delegation, task, idempotency?.replaces) : []),
    ...(consent ? [consentUse(table, consent, task.openedAt)] : []),
    ...rememberedWrites(table, remembered),
    ...others,
  ]);
  if (failed.includes("request") && idempotency) return { repeats: await repeatedPath(table, idempotency) };
  if (failed.includes("use")) throw new Refusal("token_replayed");
  if (failed.includes("delegation")) throw new Refusal("delegation_token_invalid", { why: "used, or its task ended" });
  if (failed.includes("cut")) throw new Refusal("person_ended");
  if (failed.includes("consented")) throw new Refusal("consent_ended");
  if (failed.length > 0) throw contended(failed);
  return { opened: true };
}

/** Makes the writes of what the hub remembers with a grant. */
export const rememberedWrites = (table: DynamoTable, { spendings = [], holds = [] }: Remembered): readonly Write[] => [
  ...budgetWrites(table, spendings),
  ...holdWrites(table, holds),
];

/**
 * Makes the task's entries in the lists of live tasks (its agent's, its tree's). Adds one in the due list where no
 * role's list has its deadline.
 */
function listingWrites(table: DynamoTable, task: Task): readonly Write[] {
  const { path, agent, openedAt } = task;
  return [
    table.putWrite("live", keys.live(agent, path), liveItem(task), "absent"),
    ...(parentOf(path) ? [table.putWrite("below", keys.liveBelow(path), { agent, openedAt }, "absent")] : []),
    ...(needsTimer(task)
      ? [table.putWrite("timer", keys.timer(firstLookMinute(task), path), timerItem(task), "absent")]
      : []),
  ];
}

/**
 * Binds the request's idempotency key to the task. The key must be unbound, or bound to the withdrawn task that this
 * one replaces.
 */
function requestWrite(table: DynamoTable, idempotency: Idempotency, task: Task): Write {
  const { agent, requestHash, replaces } = idempotency;
  return table.updateWrite("request", keys.request(agent, digestOf(idempotency)), {
    set: "SET #hash = :hash, #task = :task, #ttl = :ttl",
    where:
      replaces === undefined
        ? "attribute_not_exists(#task)"
        : "#task = :replaces AND #hash = :hash AND attribute_not_exists(#answered)",
    names: { hash: "hash", task: "task", ttl: "ttl", ...(replaces === undefined ? {} : { answered: "answered" }) },
    values: { hash: requestHash, task: task.path, ttl: task.expiresAt + MARGIN_SECONDS, replaces },
  });
}

/**
 * Finds the task to which the key is bound.
 * @throws {Refusal} idempotency_conflict where its request was a different one; task_ended for the task that was to be
 * replaced, since it was handed out.
 */
async function repeatedPath(table: DynamoTable, idempotency: Idempotency): Promise<TaskPath> {
  const first = await earlierPath(table, idempotency);
  if (first === undefined) throw new Refusal("task_ended", { say: HANDED_OUT });
  return first;
}

/** Finds the task to which the key is bound (`Tasks.earlier`). */
export async function earlierPath(table: DynamoTable, request: Idempotency): Promise<TaskPath | undefined> {
  const first = await table.get(keys.request(request.agent, digestOf(request)));
  if (first === undefined) return undefined;
  if (first.hash !== request.requestHash) throw new Refusal("idempotency_conflict");
  return first.task === request.replaces ? undefined : knownPath(String(first.task));
}

const HANDED_OUT = "Its task was handed out and has ended; use a new idempotency_key.";

/** Records that a request is answered with the task, or takes that back; only where the request's key is bound to it. */
export const answeredWrite = (table: DynamoTable, path: TaskPath, request: Idempotency, isAnswered: boolean): Write =>
  table.updateWrite("request", keys.request(request.agent, digestOf(request)), {
    set: isAnswered ? "SET #answered = :yes" : "REMOVE #answered",
    where: "#task = :task",
    names: { answered: "answered", task: "task" },
    values: { task: path, ...(isAnswered ? { yes: true } : {}) },
  });

const digestOf = ({ subject, key }: Idempotency): string =>
  createHash("sha256")
    .update(JSON.stringify([subject, key]))
    .digest("base64url");
