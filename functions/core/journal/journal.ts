import type { JournalEvent } from "./event.ts";

/** What cannot be written in the transaction of a change, because nothing changed: a refusal. */
export interface Journal {
  append(event: JournalEvent): Promise<void>;
}
