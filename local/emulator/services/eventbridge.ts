import { randomUUID } from "node:crypto";
import { jsonAnswer } from "../answers.ts";
import type { Need } from "../need.ts";
import type { Call, Caller, Service } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import type { Buses } from "./buses.ts";
import { JsonInput } from "./json-input.ts";

type Entry = Readonly<Record<string, unknown>>;

const text = (entry: Entry, name: string): string | undefined =>
  typeof entry[name] === "string" ? entry[name] : undefined;

/** Finds the bus that an entry means, by a name (in the caller's account) or an ARN (in any account). */
function busOf(
  entry: Entry,
  caller: Caller,
): { readonly account: string; readonly name: string; readonly arn: string } {
  const given = text(entry, "EventBusName") ?? "default";
  const own = `arn:aws:events:${caller.region}:${caller.account}:event-bus/${given}`;
  const arn = given.startsWith("arn:") ? given : own;
  return { account: arn.split(":")[4] ?? caller.account, name: arn.replace(/^.*:event-bus\//, ""), arn };
}

/** Operations on a bus of the caller's own, by name. */
const BUS_OPERATIONS: Readonly<Record<string, (buses: Buses, account: string, input: JsonInput) => object>> = {
  CreateEventBus: (buses, account, input) => {
    const name = input.requiredText("Name");
    if (buses.has(account, name))
      throw new ServiceError("ResourceAlreadyExistsException", `Event bus ${name} already exists.`, 400);
    buses.create(account, { name });
    return {};
  },
  DeleteEventBus: (buses, account, input) => {
    buses.remove(account, input.requiredText("Name"));
    return {};
  },
  PutPermission: (buses, account, input) => {
    const name = input.requiredText("EventBusName");
    if (!buses.has(account, name))
      throw new ServiceError("ResourceNotFoundException", `Event bus ${name} does not exist.`, 400);
    buses.create(account, { name, policy: JSON.parse(input.requiredText("Policy")) });
    return {};
  },
};

function busCall(input: JsonInput, caller: Caller, buses: Buses): Call | undefined {
  const { operation } = input;
  const run = Object.hasOwn(BUS_OPERATIONS, operation) ? BUS_OPERATIONS[operation] : undefined;
  if (!run) return undefined;
  const name = input.text("Name") ?? input.text("EventBusName") ?? "default";
  const { account, arn } = busOf({ EventBusName: name }, caller);
  return {
    operation,
    // PutPermission takes no resource, by the Service Authorization Reference.
    needs: [
      { action: `events:${operation}`, resource: operation === "PutPermission" ? "*" : arn, resourceAccount: account },
    ],
    perform: () => jsonAnswer(run(buses, account, input), "1.1"),
  };
}

/** EventBridge: PutEvents to a bus whose policy allows it, and operations that create, close and delete buses. */
export function eventBridgeService(buses: Buses, now: () => number): Service {
  return {
    name: "events",
    format: "json",
    open(request, caller): Call {
      const input = new JsonInput(request, "AWSEvents");
      const ofBus = busCall(input, caller, buses);
      if (ofBus) return ofBus;
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
        needs: entries.map((entry) => eventNeed(entry, caller, buses)),
        perform: () => {
          const results = entries.map((entry) => accept(entry, caller, buses, now()));
          const failed = results.filter((result) => "ErrorCode" in result).length;
          return jsonAnswer({ FailedEntryCount: failed, Entries: results }, "1.1");
        },
      };
    },
  };
}

function eventNeed(entry: Entry, caller: Caller, buses: Buses): Need {
  const { account, name, arn } = busOf(entry, caller);
  const policy = buses.policyOf(account, name);
  return {
    action: "events:PutEvents",
    resource: arn,
    resourceAccount: account,
    context: {
      "events:source": [text(entry, "Source") ?? ""],
      "events:detail-type": [text(entry, "DetailType") ?? ""],
    },
    ...(policy === undefined ? {} : { resourcePolicy: policy }),
  };
}

function accept(entry: Entry, caller: Caller, buses: Buses, now: number): Record<string, string> {
  const [source, detailType, detail] = [text(entry, "Source"), text(entry, "DetailType"), text(entry, "Detail")];
  if (source === undefined || detailType === undefined || detail === undefined)
    return { ErrorCode: "InvalidArgument", ErrorMessage: "Source, DetailType and Detail are required." };
  if (!isJsonObject(detail)) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  const id = randomUUID();
  const { account: busAccount, name: bus } = busOf(entry, caller);
  const time = new Date(typeof entry.Time === "number" ? entry.Time * 1_000 : now).toISOString();
  const { account, region } = caller;
  buses.put({ account, busAccount, bus, id, time, region, source, detailType, detail });
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
