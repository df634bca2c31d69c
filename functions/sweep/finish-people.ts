import type { Clock, Log } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import type { Tasks } from "../core/tasks/tasks.ts";
import { finishPerson } from "../steps/tasks/end-person.ts";

export interface FinishPeoplePorts {
  readonly tasks: Tasks;
  readonly clock: Clock;
  readonly log: Log;
}

/** Time for which one sweep takes up further endings; milliseconds. The next sweep goes on. */
const WORKING_MS = 30_000;

/**
 * Finishes each ending of everything for a person that broke off. Nothing is issued for such a task all the same; but AWS denies its sessions, and
 * connectors take back what they issued, only once it has ended. One that fails does not block the others, and is tried again the next minute.
 */
export async function finishPeople({ tasks, clock, log }: FinishPeoplePorts): Promise<void> {
  const untilMs = clock.nowMs() + WORKING_MS;
  for (const ending of await tasks.openPersonEndings()) {
    try {
      await finishPerson(ending, { tasks, clock }, untilMs);
    } catch (error) {
      log.write({ level: "error", event: "ending_unfinished", why: reasonOf(error) });
    }
  }
}
