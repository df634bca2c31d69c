import type { Person } from "../../../core/identity/person.ts";
import { isCut, type PersonCut, type PersonEnding, type PersonsTask } from "../../../core/identity/persons-task.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { consentOf, type OnBehalf, onBehalfUntil } from "../../../core/people/on-behalf.ts";
import { isTaskPath } from "../../../core/task-path.ts";
import type { Task } from "../../../core/tasks/task.ts";
import type { TokenUse } from "../../../core/tasks/tasks.ts";
import { recordOf } from "../table/dynamo-item.ts";
import { keys, PERSON_ENDINGS, personPartition } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS, type Write } from "../table/dynamo-table.ts";
import { consentUse } from "./dynamo-consents.ts";
import { changeTask, deadlineWrites, eventWrite } from "./task-change.ts";
import { tokenUseWrites } from "./token-use.ts";

/** Time for which a cut stays in the table, longer than any task for a person lives; seconds. */
const CUT_SECONDS = 100 * 86_400;

/** Makes the writes for a task of a person: the entry among the person's tasks, and the condition of a live proof. */
export function personWrites(
  table: DynamoTable,
  { path, agent, onBehalf, movesUntil, approval, openedAt, expiresAt }: Task,
): readonly Write[] {
  if (!onBehalf) return [];
  const { provenAt, consent } = onBehalf;
  const under = consent ? { consent: consent.id } : {};
  // The approval of a task that waits moves its deadline by the time of the wait, at most.
  const waitSeconds = approval ? expiresAt - openedAt : 0;
  const until = Math.max(onBehalfUntil(onBehalf), (movesUntil ?? 0) + waitSeconds);
  const entry = { agent, provenAt, ...under, ttl: until + MARGIN_SECONDS };
  return [table.putWrite("person", keys.personsTask(onBehalf, path), entry, "absent"), proofCheck(table, onBehalf)];
}

/** Makes the condition that no cut covers the person's proof, with which a task was opened. */
const proofCheck = (table: DynamoTable, onBehalf: OnBehalf): Write =>
  table.checkWrite("cut", keys.personCut(onBehalf), {
    where: "attribute_not_exists(#pk) OR #deadUntil < :provenAt",
    names: { pk: "pk", deadUntil: "deadUntil" },
    values: { provenAt: onBehalf.provenAt },
  });

/** Records a fresh proof of a task's person, with the task's new deadline (`Tasks.prolong`). */
export async function prolongTask(table: DynamoTable, task: Task, event: JournalEvent, use: TokenUse): Promise<void> {
  const { path, expiresAt, onBehalf, seal } = task;
  if (!onBehalf) throw new RangeError("a task of nobody is not prolonged");
  const consent = consentOf(onBehalf);
  const change = {
    set: "SET #onBehalf = :onBehalf, #expiresAt = :expiresAt, #seal = :seal",
    names: { onBehalf: "onBehalf", expiresAt: "expiresAt", seal: "seal" },
    values: { onBehalf, expiresAt, seal },
  };
  await changeTask(table, task, event, change, [
    ...deadlineWrites(table, task),
    proofCheck(table, onBehalf),
    ...(consent ? [consentUse(table, consent, Math.floor(event.at / 1_000))] : []),
    ...tokenUseWrites(table, use, path),
  ]);
}

/** Lists the tasks of a person (`Tasks.openedFor`). */
export async function tasksOfPerson(table: DynamoTable, person: Person): Promise<readonly PersonsTask[]> {
  const items = await table.query(personPartition(person), TASK);
  return items.flatMap((item) => {
    const path = String(item.sk).slice(TASK.length);
    return isTaskPath(path) ? [{ ...recordOf<Omit<PersonsTask, "path">>(item), path }] : [];
  });
}

const TASK = "TASK#";

/** Returns true for a task of nobody, or of a person whose proof is alive. */
export async function isProofAlive(table: DynamoTable, { onBehalf }: Pick<Task, "onBehalf">): Promise<boolean> {
  if (!onBehalf) return true;
  const item = await table.get(keys.personCut(onBehalf));
  return item === undefined || !isCut(onBehalf, recordOf<PersonCut>(item));
}

/**
 * Records a cut with its event, unless a later one is recorded (`Tasks.cut`, `Tasks.voidVotes`).
 * @param key key of one of the person's cuts.
 */
export async function recordCut(
  table: DynamoTable,
  key: ReturnType<typeof keys.personCut>,
  { deadUntil, by }: PersonCut,
  event: JournalEvent,
  others: readonly Write[] = [],
): Promise<boolean> {
  const failed = await table.transact([
    table.updateWrite("cut", key, {
      set: "SET #deadUntil = :deadUntil, #by = :by, #ttl = :ttl",
      where: "attribute_not_exists(#deadUntil) OR #deadUntil < :deadUntil",
      names: { deadUntil: "deadUntil", by: "by", ttl: "ttl" },
      values: { deadUntil, by, ttl: Math.ceil(event.at / 1_000) + CUT_SECONDS },
    }),
    eventWrite(table, event),
    ...others,
  ]);
  return failed.length === 0;
}

/** Makes the write that lists a person's ending as open. */
export const personEndingWrite = (table: DynamoTable, person: Person, { deadUntil, by }: PersonCut): Write =>
  table.putWrite("ending", keys.personEnding(person), { deadUntil, by }, "whatever");

/** Lists the people's endings that may have been interrupted (`Tasks.openPersonEndings`). */
export async function openPersonEndings(table: DynamoTable): Promise<readonly PersonEnding[]> {
  const items = await table.query(PERSON_ENDINGS, "");
  return items.map((item) => {
    const [issuer = ""] = String(item.sk).split("|", 1);
    const person = { issuer, value: String(item.sk).slice(issuer.length + 1) };
    return { ...recordOf<PersonCut>(item), person };
  });
}

/** Removes an open ending, unless a later one has replaced it (`Tasks.closePersonEnding`). */
export async function closePersonEnding(
  table: DynamoTable,
  { person, deadUntil }: Pick<PersonEnding, "person" | "deadUntil">,
): Promise<void> {
  const same = { where: "#deadUntil = :deadUntil", names: { deadUntil: "deadUntil" }, values: { deadUntil } };
  await table.transact([table.deleteWriteIf("ending", keys.personEnding(person), same)]);
}
