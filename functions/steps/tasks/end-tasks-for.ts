import type { Person } from "../../core/identity/person.ts";
import type { PersonsTask } from "../../core/identity/persons-task.ts";
import type { Ports } from "../../core/ports.ts";
import type { TaskPath } from "../../core/task-path.ts";
import { type EndedTasks, endAtOnce } from "./end-at-once.ts";
import { endTask } from "./end-task.ts";

/** Part of a person's tasks, and the time for it. */
export interface EndedPart {
  /** Returns true for a task that is to end; every task unless given. */
  readonly only?: (task: PersonsTask) => boolean;
  /** Epoch milliseconds after which no further ending is begun; a repeat continues from there. */
  readonly untilMs?: number;
}

/**
 * Ends the live tasks of a person, those of sub-agents included, as `revoked`. Does not forbid new tasks: the caller
 * first records why none may be opened, and the transaction of an opening checks that record. A task that cannot be
 * ended does not block the others, and a repeat finishes an interrupted run.
 * @param by who ended them: a person, an operator, an event of the bus.
 * @returns tasks that this call has ended, and number of entries that were not reached in time.
 * @throws {Refusal} the first refusal of an ending, once all others were tried.
 * @example await endTasksFor(person, by, ports, { only: ({ consent }) => consent === withdrawn });
 */
export async function endTasksFor(
  person: Person,
  by: string,
  ports: Pick<Ports, "tasks" | "clock">,
  { only = () => true, untilMs = Number.POSITIVE_INFINITY }: EndedPart = {},
): Promise<EndedTasks> {
  const opened = (await ports.tasks.openedFor(person)).filter(only);
  const end = async ({ path }: PersonsTask): Promise<readonly TaskPath[]> => {
    const task = await ports.tasks.read(path);
    // Each task below it has an entry of its own.
    if (task?.status !== "active") return [];
    return (await endTask(path, { status: "revoked" }, by, ports, task)).ended;
  };
  // The topmost tasks first: an ended task gets no more children, and its ending ends those that it has.
  const inOrder = opened.toSorted((one, other) => one.path.length - other.path.length);
  return endAtOnce(
    inOrder.map((task) => () => end(task)),
    untilMs,
    ports,
  );
}
