import type { Hub, OcsfEvent } from "./ocsf-event.ts";

/** Where other systems read the journal's events, with the hub that they are from. */
export interface Siem extends Hub {
  /** Puts events. When it throws, some of the events may have been put all the same. */
  put(events: readonly OcsfEvent[]): Promise<void>;
}
