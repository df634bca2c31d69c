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
 * Ends the live tasks of a person, sub-agents' included, as `revoked`. Forbids no new ones: whoever calls this has first recorded why none may be opened
 * any more, and the exchange compares with that in the opening's transaction. A task that cannot be ended does not block the others, and a repeat
 * finishes what broke off.
 * @param by who ended them: a person, an operator, an event of the bus.
 * @returns tasks that this call has ended; and number of entries that were not looked at in time.
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
  // The highest first: an ended task gets no more children, and takes those that it has with it.
  const inOrder = opened.toSorted((one, other) => one.path.length - other.path.length);
  return endAtOnce(
    inOrder.map((task) => () => end(task)),
    untilMs,
    ports,
  );
}
