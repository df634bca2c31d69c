import { defined } from "../../core/defined.ts";
import { type Person, personId } from "../../core/identity/person.ts";
import { isCut, type PersonEnding } from "../../core/identity/persons-task.ts";
import { EMPTY_CHAIN, nextEvent } from "../../core/journal/event.ts";
import type { Ports } from "../../core/ports.ts";
import { rootPath } from "../../core/task-path.ts";
import { type EndedPart, endTasksFor } from "./end-tasks-for.ts";

/** Cause of an ending of everything for a person. */
export interface PersonsEnd {
  /** Moment up to which the person's tokens are dead; epoch seconds. Now, unless an event gives another moment. */
  readonly deadUntil?: number;
  readonly reason?: string | undefined;
}

/**
 * Ends everything that was opened for a person by tokens issued up to a moment. Records the cut first. From then on, a
 * task with such a token is refused in its opening's transaction, and so is every renewal. All other tasks are in the
 * list. A token that was issued later opens tasks again. May be repeated.
 * @param by who requested it: an operator, an event of the bus.
 * @throws {Refusal} contended, store_unavailable.
 */
export async function endPerson(
  person: Person,
  by: string,
  ports: Pick<Ports, "tasks" | "clock" | "random">,
  { deadUntil = ports.clock.nowMs() / 1_000, reason }: PersonsEnd = {},
  untilMs?: number,
): ReturnType<typeof endTasksFor> {
  const facts = { by, person: personId(person), dead_until: deadUntil, reason };
  const root = rootPath(ports.random.bytes(32));
  const event = nextEvent(EMPTY_CHAIN, root, "person.tasks_ended", ports.clock.nowMs(), facts);
  await ports.tasks.cut(person, { deadUntil, by }, event);
  return finishPerson({ person, deadUntil, by }, ports, untilMs);
}

/**
 * Ends the person's live tasks up to a recorded cut, and closes the ending once none is left. May be repeated.
 * @throws {Refusal} the first refusal of an ending, once all others were tried.
 */
export async function finishPerson(
  ending: PersonEnding,
  ports: Pick<Ports, "tasks" | "clock">,
  untilMs?: number,
): ReturnType<typeof endTasksFor> {
  const part: EndedPart = { only: (task) => isCut(task, ending), ...defined({ untilMs }) };
  const done = await endTasksFor(ending.person, ending.by, ports, part);
  if (done.left === 0) await ports.tasks.closePersonEnding(ending);
  return done;
}

/**
 * Voids the person's votes by sign-ins up to a moment, as far as no approval has used them. May be repeated.
 * @param by who requested it: an event of the bus.
 * @throws {Refusal} contended, store_unavailable.
 */
export async function voidVotes(
  person: Person,
  deadUntil: number,
  by: string,
  ports: Pick<Ports, "tasks" | "clock" | "random">,
): Promise<void> {
  const facts = { by, person: personId(person), dead_until: deadUntil };
  const root = rootPath(ports.random.bytes(32));
  const event = nextEvent(EMPTY_CHAIN, root, "person.votes_void", ports.clock.nowMs(), facts);
  await ports.tasks.voidVotes(person, { deadUntil, by }, event);
}
