import type { Bus, OwnEvent } from "../functions/core/tasks/bus.ts";

/** A bus that keeps what was put on it. */
export class FakeBus implements Bus {
  readonly events: OwnEvent[] = [];
  before: () => void | Promise<void> = () => undefined;

  async put(events: readonly OwnEvent[]): Promise<void> {
    await this.before();
    this.events.push(...events);
  }
}
