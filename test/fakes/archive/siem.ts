import type { OcsfEvent } from "../../../functions/core/siem/ocsf-event.ts";
import type { Siem } from "../../../functions/core/siem/siem.ts";

/** Fake bus for other systems, which records the events put on it. */
export class FakeSiem implements Siem {
  readonly account = "999900001111";
  readonly region = "eu-central-1";
  readonly events: OcsfEvent[] = [];
  before: () => void = () => undefined;

  async put(events: readonly OcsfEvent[]): Promise<void> {
    this.before();
    this.events.push(...events);
  }
}
