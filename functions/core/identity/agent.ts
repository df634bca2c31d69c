import type { AgentId } from "../../../contract/agent-id.ts";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import { AGENT_STATUSES, type AgentStatus } from "../../../contract/names.ts";
import { defined } from "../defined.ts";
import type { ChainHead } from "../journal/event.ts";

/**
 * Facts of an agent on which decisions are based. Only `register` writes them, as `REGISTRATION#id`, and as `ACTIVE#id`
 * while the agent is active.
 */
export interface Registration {
  /** `[a-z0-9-]{2,64}`: fits STS's SourceIdentity, and is never reused. */
  readonly id: AgentId;
  readonly name: string;
  /**
   * Responsible person, as `issuer|person`. Older registrations contain an address or a name, which identifies no
   * person.
   */
  readonly owner: string;
  /** Address of the owner or of their team, for people to write to. No decision reads it. */
  readonly contact?: string;
  readonly team: string;
  readonly bindings: readonly Binding[];
  /** Labels that policies match, sorted; absent where there are none. */
  readonly labels?: readonly string[];
  /** End of the agent, from which it gets no credentials; epoch seconds. */
  readonly endsAt?: number;
  readonly limits: AgentLimits;
  readonly createdAt: number;
  /** Time of the owner's last confirmation, epoch seconds; absent before the first one. */
  readonly confirmedAt?: number;
  /** Person who confirmed it last; absent before the first confirmation, and of one by an earlier version. */
  readonly confirmedBy?: string;
  /** Time of the last resumption after a suspension, epoch seconds; absent where there was none. */
  readonly resumedAt?: number;
  /**
   * People who registered or changed the agent, and so may not approve anything for it. Absent where the registrant is
   * unknown.
   */
  readonly shapers?: readonly Shaper[];
}

/**
 * Person who registered an agent, or changed it in a way that may give it more. A shaper approves nothing for that
 * agent.
 */
export interface Shaper {
  /** `issuer|person`. */
  readonly by: string;
  /** Time of the registration, or of the person's last change; epoch seconds. */
  readonly at: number;
  /** Set for the person who registered the agent, who remains a shaper for ever. */
  readonly registered?: true;
}

/** Agent as decisions see it. */
export interface KnownAgent extends Registration {
  readonly status: AgentStatus;
}

/** Registered workload identity as operators see it: its registration, and its record `AGENT#id`. */
export interface Agent extends KnownAgent {
  /** Latest warning since the last confirmation, as days before the next one is due. */
  readonly warnedDays?: number;
  /** Suspension or offboarding of the agent: time, person and reason; absent while the agent is active. */
  readonly halted?: Halt;
  /** Progress of the offboarding; only once that has begun. */
  readonly offboarding?: Offboarding;
  /** End of the agent's chain of events. Every change of the agent changes it, so it is also the optimistic lock. */
  readonly chain: ChainHead;
}

/**
 * Reason of an automatic suspension: a missing confirmation by the owner, the agent's end date, or a missing review of
 * a broken glass.
 */
export type HaltReason = "unconfirmed" | "past_its_end" | "unreviewed";

export interface Halt {
  /** Epoch seconds. */
  readonly at: number;
  readonly by: string;
  /** A `HaltReason` of a check, or a person's words: up to 256 characters. */
  readonly reason?: string;
  /** Author of a reason that was given later, where that is not the author of the halt. */
  readonly reasonBy?: string;
}

export interface Offboarding {
  /** Time at which the report's tasks were listed; epoch seconds. */
  readonly listedAt: number;
  /** Last fence of their sessions at that time; epoch seconds. */
  readonly lastFenceAt?: number;
}

/** True for a status at least as final as the other. */
export const isAtLeast = (status: AgentStatus, least: AgentStatus): boolean =>
  AGENT_STATUSES.indexOf(status) >= AGENT_STATUSES.indexOf(least);

export interface AgentLimits {
  /** Most live tasks at a time. */
  readonly liveTasks: number;
  /** Longest lifetime of a task; seconds. */
  readonly taskSeconds: number;
  /** Most requests for tasks in a minute, granted or not; the default where absent. */
  readonly tasksPerMinute?: number;
}

/** Agent in a list. */
export type AgentSummary = Pick<
  Agent,
  | "id"
  | "name"
  | "owner"
  | "contact"
  | "team"
  | "labels"
  | "status"
  | "endsAt"
  | "createdAt"
  | "confirmedAt"
  | "confirmedBy"
  | "warnedDays"
>;

/** Makes the agent's entry in a list. */
export function summaryOf(agent: Agent): AgentSummary {
  const { id, name, owner, contact, team, labels, status, endsAt, createdAt, warnedDays } = agent;
  const { confirmedAt, confirmedBy } = agent;
  return {
    id,
    name,
    owner,
    team,
    status,
    createdAt,
    ...defined({ contact, labels, endsAt, confirmedAt, confirmedBy, warnedDays }),
  };
}

/** Binding of tokens to an agent: tokens of the issuer with exactly these claims, among them the issuer's pin. */
export interface Binding {
  /** Name of the issuer. */
  readonly issuer: string;
  readonly claims: Readonly<Record<string, string>>;
}

/** True where the agent may get credentials now. @param nowSeconds epoch seconds. */
export const isActive = (agent: Pick<Agent, "status" | "endsAt">, nowSeconds: number): boolean =>
  agent.status === "active" && (agent.endsAt === undefined || nowSeconds < agent.endsAt);

/**
 * True where a person has resumed the agent at that moment or later. What is reported about the agent's earlier calls
 * was before that decision, however late or often the report comes. @param atSeconds epoch seconds.
 */
export const isDecidedSince = ({ resumedAt }: Pick<Registration, "resumedAt">, atSeconds: number): boolean =>
  resumedAt !== undefined && atSeconds <= resumedAt;

/** Returns only the facts of the agent on which decisions are based. */
export function registrationOf(agent: Registration): Registration {
  const { id, name, owner, contact, team, labels, bindings, endsAt, limits, createdAt, ...more } = agent;
  const { confirmedAt, confirmedBy, resumedAt, shapers } = more;
  return {
    id,
    name,
    owner,
    team,
    bindings,
    limits,
    createdAt,
    ...defined({ contact, shapers, labels, endsAt, confirmedAt, confirmedBy, resumedAt }),
  };
}

/**
 * Returns the agent from its stored parts. An agent is active if its `ACTIVE#` entry exists, whatever its record
 * contains. An agent without any registration is being offboarded, or was.
 * @param record written by every function that ends anything, so it is trusted only for what restricts the agent.
 */
export function agentOf(
  record: Agent,
  active: Registration | undefined,
  registration: Registration | undefined,
): Agent {
  const facts = active ?? registration;
  if (!facts) return { ...record, status: isAtLeast(record.status, "offboarding") ? record.status : "offboarding" };
  const { warnedDays, halted, offboarding, chain } = record;
  const known = { ...facts, ...defined({ warnedDays }), chain };
  if (active) return { ...known, status: "active" };
  return {
    ...known,
    status: record.status === "active" ? "suspended" : record.status,
    ...(halted && { halted }),
    ...(offboarding && { offboarding }),
  };
}

/**
 * True where the change affects no field that identities, policies and deadlines are decided by. The status is compared
 * elsewhere.
 */
export const isSameToDecisions = (before: KnownAgent, after: KnownAgent): boolean =>
  decisive(before) === decisive(after);

const decisive = ({ id, owner, team, labels, bindings, endsAt, limits: { taskSeconds } }: KnownAgent): string =>
  canonicalJson({ id, owner, team, labels, bindings, endsAt, taskSeconds });
