import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { BUS_SOURCES, OCSF_EVENT } from "../../../contract/names.ts";
import type { Hub, OcsfEvent } from "../../core/siem/ocsf-event.ts";
import type { Siem } from "../../core/siem/siem.ts";
import { putEntries } from "./put-entries.ts";

/**
 * Time for all calls of one put; milliseconds. The collector runs for 30 s at most, and a slow bus must leave time for
 * the archive.
 */
const PUT_MS = 15_000;

/** Hub's event bus, from which other systems receive the journal's events. */
export class EventBridgeSiem implements Siem {
  readonly #client = new EventBridgeClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
  readonly #bus: string;
  readonly account: string;
  readonly region: string;
  readonly #putMs: number;

  /** @param bus ARN of the bus, in the hub's account and Region. */
  constructor({ bus, account, region }: Hub & { readonly bus: string }, putMs = PUT_MS) {
    this.#bus = bus;
    this.#putMs = putMs;
    this.account = account;
    this.region = region;
  }

  put(events: readonly OcsfEvent[]): Promise<void> {
    const abortSignal = AbortSignal.timeout(this.#putMs);
    return putEntries(
      (Entries) => this.#client.send(new PutEventsCommand({ Entries: [...Entries] }), { abortSignal }),
      events.map((event) => ({
        EventBusName: this.#bus,
        Source: BUS_SOURCES.own,
        DetailType: OCSF_EVENT,
        Detail: JSON.stringify(event),
      })),
    );
  }
}
