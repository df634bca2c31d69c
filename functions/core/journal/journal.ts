import type { JournalEvent } from "./event.ts";

/** Journal of events that no change's transaction carries: refusals, and events from the bus. */
export interface Journal {
  /** Appends an event. */
  append(event: JournalEvent): Promise<void>;
}
