import { type AgentId, isAgentId } from "../../contract/agent-id.ts";
import { type ConditionScope, isConditionScope } from "../../contract/condition-scope.ts";
import type { RequestField } from "../../contract/events.ts";
import { CONDITION_SECONDS } from "../../contract/limits.ts";
import { BUS_REQUESTS, BUS_SOURCES, type BusRequestType, CONDITION_EVENT, PERSON_EVENT } from "../../contract/names.ts";
import { spelledTaskId } from "../../contract/task-id.ts";
import { scopedTo, scopeKindOf } from "../core/conditions/held-condition.ts";
import { type AccountId, isAccountId } from "../core/deployment/account-id.ts";
import type { DeployedCondition } from "../core/deployment/deployed-condition.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { type Person, personId, personNamed } from "../core/identity/person.ts";
import { type TaskPath, taskPath } from "../core/task-path.ts";
import { isPlainText } from "../core/text/plain-text.ts";
import { whyStale } from "./why-stale.ts";

/** Request of a believed event. */
export type RequestedAct =
  | { readonly type: "task.end"; readonly task: TaskPath }
  | { readonly type: "agent.suspend" | "agent.offboard"; readonly agent: AgentId }
  | { readonly type: "person.offboard"; readonly person: Person; readonly signal?: HeardSignal }
  | {
      readonly type: typeof CONDITION_EVENT;
      readonly condition: DeployedCondition;
      readonly scope: ConditionScope;
      readonly seconds: number;
    };

/** Signal of a transmitter, which `signals` has put on the bus. */
export interface HeardSignal {
  readonly transmitter: string;
  /** Time of the reported event; epoch seconds, never in the future. */
  readonly deadUntil: number;
}

/** Known fields of an event, believed or not, for the record and the log. A field with a value of another form is left out. */
export interface EventFacts {
  /** Id from EventBridge; the same when an event is delivered twice. */
  readonly event?: string;
  readonly account?: AccountId;
  readonly source?: string;
  readonly asked?: BusRequestType;
  readonly task?: TaskPath;
  readonly agent?: AgentId;
  /** `issuer|value`. */
  readonly person?: string;
  /** Name of a condition that the deployment defines. */
  readonly condition?: string;
  readonly scope?: ConditionScope;
  readonly reason?: string;
  readonly requested_by?: string;
}

export type WhyNot =
  | "malformed"
  | "unknown_version"
  | "unknown_form"
  | "not_a_publisher"
  | "out_of_scope"
  | "replayed"
  | "late"
  | "early";

export type BusRequest = { readonly facts: EventFacts } & (
  | {
      readonly asked: RequestedAct;
      readonly isOwn: boolean;
      /** Time of the event, the same however late or often it is delivered; epoch seconds, never in the future. */
      readonly putAt: number;
    }
  | { readonly refused: WhyNot }
);

const FIELDS = {
  "task.end": ["version", "task", "reason", "requested_by"],
  "agent.suspend": ["version", "agent", "reason", "requested_by"],
  "agent.offboard": ["version", "agent", "reason", "requested_by"],
  "person.offboard": ["version", "person", "reason", "requested_by"],
  [CONDITION_EVENT]: ["version", "condition", "scope", "seconds", "reason", "requested_by"],
} as const satisfies { readonly [T in BusRequestType]: readonly RequestField<T>[] };

/** Fields of `person.offboard` by our own source, which puts a transmitter's signals on the bus. */
const OWN_FIELDS = [...FIELDS["person.offboard"], "dead_until", "transmitter"] as const;

/** Upper bound on the seconds by which the clock of `signals` may be ahead. */
const AHEAD_SECONDS = 60;

type Fields = Readonly<Record<string, unknown>>;

/** Configuration by which an event is read. */
type BusHub = Pick<Deployment, "bus" | "conditions" | "issuers" | "transmitters">;

/**
 * Reads the act that the event requests, or the reason why it is refused. EventBridge writes `account` and `id`; the sender writes everything else, and
 * proves no more than its account. Takes any value, and never throws.
 */
export function readBusEvent(given: unknown, hub: BusHub, nowMs: number): BusRequest {
  const event = fields(given);
  const detail = fields(event.detail);
  const person = typeof detail.person === "string" ? personNamed(detail.person, hub.issuers) : undefined;
  const condition = hub.conditions?.find(({ name }) => name === detail.condition);
  const facts = factsOf(event, detail, person, condition);
  const refused = whyNot(event, detail, facts, { condition, accounts: hub.bus }, nowMs);
  if (refused !== undefined) return { facts, refused };
  const isOwn = event.source === BUS_SOURCES.own;
  const signal = isOwn && person ? signalIn(detail, person, hub, nowMs) : undefined;
  const asked =
    isOwn && facts.asked === PERSON_EVENT && !signal
      ? undefined
      : askedOf(facts, { person, signal, condition, seconds: detail.seconds });
  const putAt = Math.min(Date.parse(String(event.time)), nowMs) / 1_000;
  return asked ? { facts, asked, isOwn, putAt } : { facts, refused: "malformed" };
}

/** Reads a transmitter's signal. @returns undefined where no configured transmitter reports on the person, or the time is malformed or in the future. */
function signalIn(
  { transmitter, dead_until: deadUntil }: Fields,
  { issuer }: Person,
  { transmitters = [] }: Pick<Deployment, "transmitters">,
  nowMs: number,
): HeardSignal | undefined {
  const known = transmitters.find((each) => each.issuer.name === transmitter && each.people === issuer);
  const nowSeconds = nowMs / 1_000;
  if (!known || typeof deadUntil !== "number" || !(deadUntil >= 0 && deadUntil <= nowSeconds + AHEAD_SECONDS))
    return undefined;
  return { transmitter: known.issuer.name, deadUntil: Math.min(deadUntil, nowSeconds) };
}

function askedOf(
  { asked: type, task, agent, scope }: EventFacts,
  { person, signal, condition, seconds }: Named & { readonly seconds: unknown },
): RequestedAct | undefined {
  if (type === "task.end") return task === undefined ? undefined : { type, task };
  if (type === "person.offboard") return person && { type, person, ...(signal ? { signal } : {}) };
  if (type === CONDITION_EVENT)
    return condition && scope !== undefined && isTime(seconds) ? { type, condition, scope, seconds } : undefined;
  return type === undefined || agent === undefined ? undefined : { type, agent };
}

/** Subjects of an event that the configuration knows. */
interface Named {
  readonly person?: Person | undefined;
  readonly signal?: HeardSignal | undefined;
  readonly condition?: DeployedCondition | undefined;
}

const isTime = (seconds: unknown): seconds is number =>
  typeof seconds === "number" && Number.isSafeInteger(seconds) && seconds >= CONDITION_SECONDS;

/** Returns the reason for a refusal. The sender comes first, so that a stranger's content is not judged at all. */
function whyNot(
  event: Fields,
  detail: Fields,
  { event: id, asked, scope, reason, requested_by: by }: EventFacts,
  known: Senders,
  nowMs: number,
): WhyNot | undefined {
  if (!isPublisher(event, asked, known)) return "not_a_publisher";
  const stale = whyStale(event, nowMs);
  if (stale === "replayed") return stale;
  if (id === undefined || asked === undefined) return "malformed";
  if (stale !== undefined) return stale;
  const isOwn = event.source === BUS_SOURCES.own;
  const names: readonly string[] = isOwn && asked === PERSON_EVENT ? OWN_FIELDS : FIELDS[asked];
  const isKnown = Object.keys(detail).every((name) => names.includes(name));
  if (isOwn && (detail.version !== "1" || !isKnown)) return "unknown_form";
  if (detail.version !== "1") return "unknown_version";
  if (!isKnown || reason === undefined || by === undefined) return "malformed";
  if (asked !== CONDITION_EVENT || scope === undefined) return undefined;
  return isInScope(scope, event.account, known) ? undefined : "out_of_scope";
}

/** Accounts that may send an event, with the condition that the event names. */
interface Senders {
  readonly accounts: Deployment["bus"];
  readonly condition: DeployedCondition | undefined;
}

/**
 * True for a sender that may send this event. Our own source is in the hub, and sends two kinds of events. All others are requests of listed accounts; each
 * condition lists its own.
 */
function isPublisher(
  { account, source }: Fields,
  asked: BusRequestType | undefined,
  { accounts, condition }: Senders,
): boolean {
  if (source === BUS_SOURCES.own) return account === accounts.own && (asked === "task.end" || asked === PERSON_EVENT);
  if (source !== BUS_SOURCES.request || !isAccountId(account)) return false;
  const publishers = asked === CONDITION_EVENT ? (condition?.bus?.publishers ?? []) : accounts.publishers;
  return publishers.includes(account);
}

/** True for a place in which the condition's publisher may set it. Of accounts that is the sender's own, by EventBridge's word. */
function isInScope(scope: ConditionScope, account: unknown, { condition }: Senders): boolean {
  const kind = scopeKindOf(scope);
  if (!condition?.bus?.scopes.includes(kind)) return false;
  return kind !== "account" || scopedTo(scope) === account;
}

function factsOf(
  event: Fields,
  detail: Fields,
  person: Person | undefined,
  condition: DeployedCondition | undefined,
): EventFacts {
  const task =
    typeof detail.task === "string"
      ? taskPath(event.source === BUS_SOURCES.own ? detail.task : spelledTaskId(detail.task))
      : undefined;
  const agent = isAgentId(detail.agent) ? detail.agent : undefined;
  const facts: { -readonly [Name in keyof EventFacts]: EventFacts[Name] | undefined } = {
    event: text(event.id, 64),
    account: isAccountId(event.account) ? event.account : undefined,
    source: text(event.source, 256),
    asked: BUS_REQUESTS.find((type) => type === event["detail-type"]),
    task,
    agent,
    person: person && personId(person),
    condition: condition?.name,
    scope: typeof detail.scope === "string" && isConditionScope(detail.scope) ? detail.scope : undefined,
    reason: text(detail.reason, 256),
    requested_by: text(detail.requested_by, 256),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as EventFacts;
}

const text = (value: unknown, most: number): string | undefined =>
  typeof value === "string" && value.length > 0 && value.length <= most && isPlainText(value) ? value : undefined;

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
