import type { AgentId } from "../../../contract/agent-id.ts";
import type { TaskPath } from "../task-path.ts";
import type { Person } from "./person.ts";

/**
 * Task that was opened for a person, as its opening recorded it: `PERSON#issuer|person` / `TASK#path`. Nobody changes
 * the entry afterwards.
 */
export interface PersonsTask {
  readonly path: TaskPath;
  readonly agent: AgentId;
  /** Issue time of the person's token; epoch seconds. */
  readonly provenAt: number;
  /** Consent under which the task acts. */
  readonly consent?: string;
}

/** Moment up to which a person's proofs are invalid: `PERSONCUT#issuer|person`. */
export interface PersonCut {
  /** Epoch seconds, with their fraction. */
  readonly deadUntil: number;
  /** Author: an operator, an event of the bus. */
  readonly by: string;
}

/** Ending of everything for a person that may be incomplete: listed tasks may be alive after the recorded cut. */
export interface PersonEnding extends PersonCut {
  readonly person: Person;
}

/**
 * True where the person's token was issued up to the moment of the cut. A moment that is not a number invalidates every
 * token.
 */
export const isCut = (
  { provenAt }: Pick<PersonsTask, "provenAt">,
  { deadUntil }: Pick<PersonCut, "deadUntil">,
): boolean => !(deadUntil < provenAt);
