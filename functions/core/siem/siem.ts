import type { Hub, OcsfEvent } from "./ocsf-event.ts";

/** Place where other systems read the journal's events, and the hub that the events are from. */
export interface Siem extends Hub {
  /** Puts events. When it throws, some of the events may have been put all the same. */
  put(events: readonly OcsfEvent[]): Promise<void>;
}
