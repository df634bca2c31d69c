import type { Bus, OwnEvent } from "../../functions/core/escalation/bus.ts";

/** Fake bus that records its events. */
export class FakeBus implements Bus {
  readonly events: OwnEvent[] = [];
  before: () => void | Promise<void> = () => undefined;

  async put(events: readonly OwnEvent[]): Promise<void> {
    await this.before();
    this.events.push(...events);
  }
}
