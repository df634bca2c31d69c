import * as v from "valibot";
import { REPORTS } from "../../../contract/events.ts";
import type { Bus, OwnEvent } from "../../../functions/core/escalation/bus.ts";

/** Fake bus that records its events. Each event is checked against the contract. */
export class FakeBus implements Bus {
  readonly events: OwnEvent[] = [];
  before: () => void | Promise<void> = () => undefined;

  async put(events: readonly OwnEvent[]): Promise<void> {
    await this.before();
    events.forEach(checkEvent);
    this.events.push(...events);
  }
}

/** Checks an event as the adapter puts it on the bus. @throws {v.ValiError} */
function checkEvent({ type, ...fields }: OwnEvent): void {
  const schemas = REPORTS.filter((report) => report.type === type).map(({ detail }) => detail);
  v.parse(v.union(schemas), { version: "1", ...fields, requested_by: "valetkey" });
}
