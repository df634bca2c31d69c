import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { Bus, OwnEvent } from "../../core/escalation/bus.ts";
import { BUS_SOURCES } from "../../names.ts";
import { putEntries } from "./put-entries.ts";

/** Hub's event bus, on which valetkey puts events under its own source. */
export class EventBridgeBus implements Bus {
  // A caller may wait for it: a slow bus must leave the function time to answer.
  readonly #client = new EventBridgeClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  put(events: readonly OwnEvent[]): Promise<void> {
    return putEntries(
      this.#client,
      events.map(({ type, ...detail }) => ({
        EventBusName: this.#name,
        Source: BUS_SOURCES.own,
        DetailType: type,
        Detail: JSON.stringify({ version: "1", ...detail, requested_by: BUS_SOURCES.own }),
      })),
    );
  }
}
