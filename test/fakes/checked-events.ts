import * as v from "valibot";
import { JOURNAL_EVENTS } from "../../contract/journal-events.ts";
import type { EventType } from "../../contract/journal-types.ts";
import type { JournalEvent } from "../../functions/core/journal/event.ts";

/** Events that a fake store takes. Each event is checked against the contract: it has no fact of another name or form. */
export class CheckedEvents extends Array<JournalEvent> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  override push(...events: readonly JournalEvent[]): number {
    events.forEach(checkEvent);
    return super.push(...events);
  }
}

/** Checks the facts of an event against the contract. @throws {v.ValiError} */
export function checkEvent({ type, facts }: JournalEvent): void {
  v.parse(partOf(type), facts);
}

type Facts = v.StrictObjectSchema<v.ObjectEntries, undefined>;

const parts = new Map<EventType, v.GenericSchema>();

/** Schema of some of the facts: a test's event need not have all. The compiler demands them of the writers. */
function partOf(type: EventType): v.GenericSchema {
  const made = parts.get(type) ?? v.partial(JOURNAL_EVENTS[type] as unknown as Facts);
  parts.set(type, made);
  return made;
}
