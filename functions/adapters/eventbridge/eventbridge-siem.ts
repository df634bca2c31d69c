import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { Hub, OcsfEvent } from "../../core/siem/ocsf-event.ts";
import type { Siem } from "../../core/siem/siem.ts";
import { BUS_SOURCES, OCSF_EVENT } from "../../names.ts";
import { putEntries } from "./put-entries.ts";

/** Hub's event bus, on which the journal's events stand for other systems. */
export class EventBridgeSiem implements Siem {
  // A bus that does not answer must leave the collector time for the archive.
  readonly #client = new EventBridgeClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
  readonly #bus: string;
  readonly account: string;
  readonly region: string;

  /** @param bus ARN of the bus, in the hub's account and Region. */
  constructor({ bus, account, region }: Hub & { readonly bus: string }) {
    this.#bus = bus;
    this.account = account;
    this.region = region;
  }

  put(events: readonly OcsfEvent[]): Promise<void> {
    return putEntries(
      this.#client,
      events.map((event) => ({
        EventBusName: this.#bus,
        Source: BUS_SOURCES.own,
        DetailType: OCSF_EVENT,
        Detail: JSON.stringify(event),
      })),
    );
  }
}
