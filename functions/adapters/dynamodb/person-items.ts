import type { Person } from "../../core/identity/person.ts";
import { isCut, type PersonCut, type PersonsTask } from "../../core/identity/persons-task.ts";
import type { JournalEvent } from "../../core/journal/event.ts";
import { onBehalfUntil } from "../../core/people/on-behalf.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { Task } from "../../core/tasks/task.ts";
import { recordOf } from "./dynamo-item.ts";
import { keys, personPartition } from "./dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS, type Write } from "./dynamo-table.ts";
import { taskEventWrite } from "./task-change.ts";

/** Time for which a cut stays in the table, longer than any task for a person lives; seconds. */
const CUT_SECONDS = 100 * 86_400;

/** Writes, for a task of a person, its entry among the person's tasks, on the condition that the person's proof is alive. */
export function personWrites(table: DynamoTable, { path, agent, onBehalf }: Task): readonly Write[] {
  if (!onBehalf) return [];
  const { provenAt, consent } = onBehalf;
  const under = consent ? { consent: consent.id } : {};
  const entry = { agent, provenAt, ...under, ttl: onBehalfUntil(onBehalf) + MARGIN_SECONDS };
  return [
    table.putWrite("person", keys.personsTask(onBehalf, path), entry, "absent"),
    table.checkWrite("cut", keys.personCut(onBehalf), {
      where: "attribute_not_exists(#pk) OR #deadUntil < :provenAt",
      names: { pk: "pk", deadUntil: "deadUntil" },
      values: { provenAt },
    }),
  ];
}

/** Lists the tasks of a person (`Tasks.openedFor`). */
export async function tasksOfPerson(table: DynamoTable, person: Person): Promise<readonly PersonsTask[]> {
  const items = await table.query(personPartition(person), TASK);
  return items.map((item) => ({
    ...recordOf<Omit<PersonsTask, "path">>(item),
    path: String(item.sk).slice(TASK.length) as TaskPath,
  }));
}

const TASK = "TASK#";

/** True for a task of nobody, or of a person whose proof is alive. */
export async function isProofAlive(table: DynamoTable, { onBehalf }: Pick<Task, "onBehalf">): Promise<boolean> {
  if (!onBehalf) return true;
  const item = await table.get(keys.personCut(onBehalf));
  return item === undefined || !isCut(onBehalf, recordOf<PersonCut>(item));
}

/** Records a cut with its event, unless a later one is recorded (`Tasks.cut`). */
export async function recordCut(
  table: DynamoTable,
  person: Person,
  cut: PersonCut,
  event: JournalEvent,
): Promise<boolean> {
  const { deadUntil, by } = cut;
  const failed = await table.transact([
    table.updateWrite("cut", keys.personCut(person), {
      set: "SET #deadUntil = :deadUntil, #by = :by, #ttl = :ttl",
      where: "attribute_not_exists(#deadUntil) OR #deadUntil < :deadUntil",
      names: { deadUntil: "deadUntil", by: "by", ttl: "ttl" },
      values: { deadUntil, by, ttl: Math.ceil(event.at / 1_000) + CUT_SECONDS },
    }),
    taskEventWrite(table, event.of as TaskPath, event),
  ]);
  return failed.length === 0;
}
