import type { JournalEvent } from "./event.ts";

/** Journal for events without a change, which no other transaction can carry: refusals. */
export interface Journal {
  /** Appends an event. */
  append(event: JournalEvent): Promise<void>;
}
