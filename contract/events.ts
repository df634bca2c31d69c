import * as v from "valibot";
import { accountId, agentId, conditionName, conditionScope, conditionSeconds, givenTaskId, taskId } from "./fields.ts";
import {
  BUS_SOURCES,
  type BusRequestType,
  CONDITION_EVENT,
  ESCALATION_EVENT,
  PERSON_EVENT,
  RULE_IDS,
} from "./names.ts";
import type { Frozen } from "./operation.ts";
import { plainText } from "./readable-text.ts";

/** Event of the hub's bus as one value: who puts it, its `detail-type`, and its `detail`. */
interface BusEvent {
  /** `valetkey`: the hub itself. `valetkey.request`: publishers, which request an ending or set a condition. */
  readonly source: (typeof BUS_SOURCES)[keyof typeof BUS_SOURCES];
  readonly type: string;
  readonly detail: v.StrictObjectSchema<v.ObjectEntries, undefined>;
}

const busEvent = <const E extends BusEvent>(given: E): E => given;

const version = v.pipe(v.literal("1"), v.description("Version of the event's form."));
const reason = v.pipe(plainText(1, 256), v.description("Reason, for the journal."));
const requestedBy = v.pipe(plainText(1, 256), v.description("The sender's own word. It proves nothing."));
const byHub = v.pipe(v.literal(BUS_SOURCES.own), v.description("The hub itself."));

const UNSEEN = "\\p{C}\\p{Default_Ignorable_Code_Point}\\p{Zl}\\p{Zp}";
const person = v.pipe(
  v.string(),
  v.regex(new RegExp(`^[a-z0-9-]{2,32}\\|(?!\\s)[^${UNSEEN}]{1,256}(?<!\\s)$`, "u")),
  v.check((text) => text.length - text.indexOf("|") <= 257),
  v.description("Person of a people's issuer: the issuer's name and the value of its person claim."),
);

const task = v.pipe(taskId, v.description("The task's id, the dot at its end included."));
const agent = v.pipe(agentId, v.description("The agent's id."));

const givenTask = v.pipe(givenTaskId, v.description("The task's id. The dot at its end may be left out."));

/** Request of a publisher to end a task. */
export const taskEnd = busEvent({
  source: BUS_SOURCES.request,
  type: "task.end",
  detail: v.strictObject({ version, task: givenTask, reason, requested_by: requestedBy }),
});

/** Request of a publisher to suspend an agent. */
export const agentSuspend = busEvent({
  source: BUS_SOURCES.request,
  type: "agent.suspend",
  detail: v.strictObject({ version, agent, reason, requested_by: requestedBy }),
});

/** Request of a publisher to offboard an agent. */
export const agentOffboard = busEvent({
  source: BUS_SOURCES.request,
  type: "agent.offboard",
  detail: v.strictObject({ version, agent, reason, requested_by: requestedBy }),
});

/** Request of a publisher to end everything for a person. */
export const personOffboard = busEvent({
  source: BUS_SOURCES.request,
  type: PERSON_EVENT,
  detail: v.strictObject({ version, person, reason, requested_by: requestedBy }),
});

/** Request of a condition's publisher to set it in one place. */
export const conditionSet = busEvent({
  source: BUS_SOURCES.request,
  type: CONDITION_EVENT,
  detail: v.strictObject({
    version,
    condition: conditionName,
    scope: conditionScope,
    seconds: v.pipe(
      conditionSeconds,
      v.description(
        "Time for which it is set, from the event's own time; no longer than `longest` in `valetkey.json`.",
      ),
    ),
    reason,
    requested_by: requestedBy,
  }),
});

/** Report of the relay that a task's deadline has passed. */
export const taskOverdue = busEvent({
  source: BUS_SOURCES.own,
  type: "task.end",
  detail: v.strictObject({ version, task, reason: v.literal("overdue"), requested_by: byHub }),
});

/** Report of a transmitter that a person's session, credential or account has ended. */
export const personSignal = busEvent({
  source: BUS_SOURCES.own,
  type: PERSON_EVENT,
  detail: v.strictObject({
    version,
    person,
    reason: v.pipe(
      v.picklist(["session-revoked", "credential-change", "account-disabled", "account-purged"]),
      v.description("The transmitter's event."),
    ),
    requested_by: byHub,
    dead_until: v.pipe(
      v.number(),
      v.finite(),
      v.minValue(0),
      v.description("Time of the transmitter's event; epoch seconds."),
    ),
    transmitter: v.pipe(v.string(), v.description("Name of the transmitter in `valetkey.json`.")),
  }),
});

const SHA256 = /^[\w-]{43}$/;
const seen = plainText(0, 256);

/** Report of a function that has detected an escalation. */
export const escalationDetected = busEvent({
  source: BUS_SOURCES.own,
  type: ESCALATION_EVENT,
  detail: v.strictObject({
    version,
    id: v.pipe(
      v.string(),
      v.regex(SHA256),
      v.description(
        "Equal for all detections of one rule about one subject within an hour; for E8, within a cool-down.",
      ),
    ),
    rule: v.pipe(v.picklist(RULE_IDS), v.description("Rule of escalation.")),
    at: v.pipe(v.number(), v.finite(), v.description("Time of the call; epoch seconds.")),
    requested_by: byHub,
    account: v.exactOptional(accountId),
    task: v.exactOptional(task),
    agent: v.exactOptional(agent),
    role: v.exactOptional(v.pipe(seen, v.description("Name of a task role."))),
    session: v.exactOptional(v.pipe(seen, v.description("Name of the session, as its creator chose it."))),
    key_id: v.exactOptional(v.pipe(seen, v.description("Id of the key."))),
    action: v.exactOptional(v.pipe(seen, v.description("Action of the call."))),
    resource: v.exactOptional(v.pipe(seen, v.description("Resource of the call."))),
    error: v.exactOptional(v.pipe(seen, v.description("Error that AWS answered."))),
    source_ip: v.exactOptional(v.pipe(seen, v.description("Address of the caller."))),
    event_id: v.exactOptional(v.pipe(seen, v.description("CloudTrail's id of the event that reports the call."))),
    token_sha256: v.exactOptional(
      v.pipe(
        v.string(),
        v.regex(SHA256),
        v.description("SHA-256 of the delegation token that was used, as its task's record has it."),
      ),
    ),
  }),
});

/** Requests that publishers may put on the bus, by their types. A type without its event does not compile. */
export const REQUESTS = {
  "task.end": taskEnd,
  "agent.suspend": agentSuspend,
  "agent.offboard": agentOffboard,
  [PERSON_EVENT]: personOffboard,
  [CONDITION_EVENT]: conditionSet,
} as const satisfies { readonly [T in BusRequestType]: BusEvent & { readonly type: T } };

/** Reports of the hub itself, without the journal's events, whose form is OCSF's. */
export const REPORTS = [taskOverdue, personSignal, escalationDetected] as const;

/** Field of a request of this type. */
export type RequestField<T extends BusRequestType> = keyof v.InferOutput<(typeof REQUESTS)[T]["detail"]>;

/** Fields of an event, without those that the adapter of the bus adds to each. */
type Report<E extends BusEvent> = Omit<Frozen<v.InferOutput<E["detail"]>>, "version" | "requested_by">;

export interface TaskOverdue extends Report<typeof taskOverdue> {}
export interface PersonSignal extends Report<typeof personSignal> {}
export interface EscalationDetected extends Report<typeof escalationDetected> {}
