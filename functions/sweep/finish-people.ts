import type { Clock, Log } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import type { Tasks } from "../core/tasks/tasks.ts";
import { finishPerson } from "../steps/tasks/end-person.ts";

export interface FinishPeoplePorts {
  readonly tasks: Tasks;
  readonly clock: Clock;
  readonly log: Log;
}

/** Time for which one sweep begins further endings; milliseconds. The next sweep continues. */
const WORKING_MS = 30_000;

/**
 * Finishes each ending of everything for a person that broke off. The person's tasks get nothing meanwhile. But AWS denies their sessions, and connectors
 * revoke their credentials, only once they have ended. A failure does not block the other endings, and is retried the next minute.
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
