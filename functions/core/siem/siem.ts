import type { Hub, OcsfEvent } from "./ocsf-event.ts";

/** Destination where other systems read the journal's events, and the hub that the events come from. */
export interface Siem extends Hub {
  /** Sends events. Some of them may have been sent even where the call throws. */
  put(events: readonly OcsfEvent[]): Promise<void>;
}
