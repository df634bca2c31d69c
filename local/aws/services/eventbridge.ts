import { randomUUID } from "node:crypto";
import { jsonAnswer } from "../answers.ts";
import type { Need } from "../need.ts";
import type { Call, Caller, Service } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import { JsonInput } from "./json-input.ts";

/** An event as a rule's target would get it. */
export interface BusEvent {
  readonly account: string;
  readonly bus: string;
  readonly id: string;
  readonly time: string;
  readonly source: string;
  readonly detailType: string;
  /** JSON text */
  readonly detail: string;
}

type Entry = Readonly<Record<string, unknown>>;

const text = (entry: Entry, name: string): string | undefined =>
  typeof entry[name] === "string" ? entry[name] : undefined;

const busName = (entry: Entry): string => text(entry, "EventBusName")?.replace(/^arn:.*:event-bus\//, "") ?? "default";

/** EventBridge: PutEvents, kept in `events` for whoever looks. */
export function eventBridgeService(events: BusEvent[], now: () => number): Service {
  return {
    name: "events",
    format: "json",
    open(request, caller): Call {
      const input = new JsonInput(request, "AWSEvents");
      if (input.operation !== "PutEvents")
        throw new ServiceError(
          "UnknownOperationException",
          `The embedded EventBridge does not do ${input.operation}.`,
          400,
        );
      const entries = input.list("Entries");
      if (entries.length === 0 || entries.length > 10)
        throw new ServiceError("ValidationException", "PutEvents takes 1 to 10 entries.", 400);
      return {
        operation: "PutEvents",
        needs: entries.map((entry) => eventNeed(entry, caller)),
        perform: () => {
          const results = entries.map((entry) => accept(entry, caller, events, now()));
          const failed = results.filter((result) => "ErrorCode" in result).length;
          return jsonAnswer({ FailedEntryCount: failed, Entries: results }, "1.1");
        },
      };
    },
  };
}

function eventNeed(entry: Entry, caller: Caller): Need {
  const bus = text(entry, "EventBusName") ?? "default";
  const own = `arn:aws:events:${caller.region}:${caller.account}:event-bus/${bus}`;
  const resource = bus.startsWith("arn:") ? bus : own;
  return {
    action: "events:PutEvents",
    resource,
    resourceAccount: resource.split(":")[4] ?? caller.account,
    context: {
      "events:source": text(entry, "Source") ?? "",
      "events:detail-type": text(entry, "DetailType") ?? "",
    },
  };
}

function accept(entry: Entry, caller: Caller, events: BusEvent[], now: number): Record<string, string> {
  const [source, detailType, detail] = [text(entry, "Source"), text(entry, "DetailType"), text(entry, "Detail")];
  if (source === undefined || detailType === undefined || detail === undefined)
    return { ErrorCode: "InvalidArgument", ErrorMessage: "Source, DetailType and Detail are required." };
  if (!isJsonObject(detail)) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  const id = randomUUID();
  const time = new Date(now).toISOString();
  events.push({ account: caller.account, bus: busName(entry), id, time, source, detailType, detail });
  return { EventId: id };
}

function isJsonObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
