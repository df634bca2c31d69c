import { BUS_SOURCES } from "../../../contract/names.ts";
import type { Bus, OwnEvent } from "../../core/escalation/bus.ts";
import { AwsService } from "../aws/aws-service.ts";
import { jsonFaultOf } from "../aws/json-fault.ts";
import { putEntries } from "./put-entries.ts";

/** Bounds of a call; milliseconds. A slow bus must leave the waiting function time to answer. */
const BOUNDS = { attempts: 3, connectMs: 1_000, attemptMs: 2_000, wholeMs: 7_000 } as const;

/** Headers of EventBridge's protocol, AWS JSON 1.1. */
const HEADERS = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" } as const;

/**
 * Hub's event bus, on which valetkey puts events under its own source. Uses the small client, so that a signal does not
 * wait for the SDK's start.
 */
export class EventBridgeBus implements Bus {
  readonly #service = new AwsService("events", BOUNDS, jsonFaultOf);
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  put(events: readonly OwnEvent[]): Promise<void> {
    return putEntries(
      async (Entries) => JSON.parse(await this.#service.send(HEADERS, JSON.stringify({ Entries }))),
      events.map(({ type, ...detail }) => ({
        EventBusName: this.#name,
        Source: BUS_SOURCES.own,
        DetailType: type,
        Detail: JSON.stringify({ version: "1", ...detail, requested_by: BUS_SOURCES.own }),
      })),
    );
  }
}
