import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { Bus, OwnEvent } from "../../core/tasks/bus.ts";
import { BUS_SOURCES } from "../../names.ts";

/** PutEvents' limit of events in one call. */
const MOST = 10;

/** Hub's event bus, on which valetkey puts events under its own source. */
export class EventBridgeBus implements Bus {
  readonly #client = new EventBridgeClient({ maxAttempts: 3 });
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  async put(events: readonly OwnEvent[]): Promise<void> {
    for (let from = 0; from < events.length; from += MOST) {
      const { FailedEntryCount: failed = 0 } = await this.#client.send(
        new PutEventsCommand({
          Entries: events.slice(from, from + MOST).map(({ type, ...detail }) => ({
            EventBusName: this.#name,
            Source: BUS_SOURCES.own,
            DetailType: type,
            Detail: JSON.stringify({ version: "1", ...detail, requested_by: BUS_SOURCES.own }),
          })),
        }),
      );
      // A 200 may still report failed entries.
      if (failed > 0) throw new Error(`${failed} events were not put`);
    }
  }
}
