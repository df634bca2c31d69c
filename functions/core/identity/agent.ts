import type { ChainHead } from "../journal/event.ts";
import { canonicalJson } from "../text/canonical-json.ts";

/** Facts of an agent that decisions rest on. Written by `register` alone, as `REGISTRATION#id`, and as `ACTIVE#id` while the agent is active. */
export interface Registration {
  /** `[a-z0-9-]{2,64}`: fits STS's SourceIdentity, and is never reused. */
  readonly id: string;
  readonly name: string;
  /** Who answers for it: an address or a name, as the operators write it. */
  readonly owner: string;
  readonly team: string;
  readonly bindings: readonly Binding[];
  /** Epoch seconds after which it gets nothing. */
  readonly endsAt?: number;
  readonly limits: AgentLimits;
  readonly createdAt: number;
  /** When its owner last said that it is still needed; epoch seconds. Not there before the first time. */
  readonly confirmedAt?: number;
}

/** An agent as decisions see it. */
export interface KnownAgent extends Registration {
  readonly status: AgentStatus;
}

/** A registered workload identity as operators see it: its registration, and its record `AGENT#id`. */
export interface Agent extends KnownAgent {
  /** The last warning since then, by how many days before the confirmation is due. */
  readonly warnedDays?: number;
  /** Since when, by whom and why it gets nothing; not there while it is active. */
  readonly halted?: Halt;
  /** How far its offboarding is; only once that has begun. */
  readonly offboarding?: Offboarding;
  /** The end of its chain of events: grows with every change, and so is the optimistic lock too. */
  readonly chain: ChainHead;
}

/** In the order of how final they are. `offboarding`: on its way out, and there is no way back; `offboarded`: nothing of it is left but the record. */
export const AGENT_STATUSES = ["active", "suspended", "offboarding", "offboarded"] as const;
export type AgentStatus = (typeof AGENT_STATUSES)[number];

/** Why nobody asked for a suspension: its owner did not confirm it in time, or its end date has come. */
export type HaltReason = "unconfirmed" | "past_its_end";

export interface Halt {
  /** Epoch seconds. */
  readonly at: number;
  readonly by: string;
  readonly reason?: HaltReason;
}

export interface Offboarding {
  /** When the tasks that the report is about were listed; epoch seconds. */
  readonly listedAt: number;
  /** The last fence of their sessions as they were then; epoch seconds. */
  readonly lastFenceAt?: number;
}

/** Whether a status is that one or a more final one: it is never taken back by asking for an earlier one. */
export const isAtLeast = (status: AgentStatus, least: AgentStatus): boolean =>
  AGENT_STATUSES.indexOf(status) >= AGENT_STATUSES.indexOf(least);

export interface AgentLimits {
  /** Tasks alive at one time. */
  readonly liveTasks: number;
  /** Seconds that one task may live. */
  readonly taskSeconds: number;
  /** Tasks asked for in one minute, granted or not; an agent that was registered without has the default. */
  readonly tasksPerMinute?: number;
}

export const DEFAULT_LIMITS = {
  liveTasks: 50,
  taskSeconds: 43_200,
  tasksPerMinute: 120,
} as const satisfies AgentLimits;

/** An agent in a list. */
export type AgentSummary = Pick<
  Agent,
  "id" | "name" | "owner" | "team" | "status" | "endsAt" | "createdAt" | "confirmedAt" | "warnedDays"
>;

/** The agent as a list has it. */
export function summaryOf(agent: Agent): AgentSummary {
  const { id, name, owner, team, status, endsAt, createdAt, confirmedAt, warnedDays } = agent;
  return {
    ...{ id, name, owner, team, status, createdAt },
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(confirmedAt === undefined ? {} : { confirmedAt }),
    ...(warnedDays === undefined ? {} : { warnedDays }),
  };
}

/** Which tokens are this agent's: those of the issuer that carry all of the claims, exactly. The issuer's pin is always among them. */
export interface Binding {
  /** An issuer's `name`. */
  readonly issuer: string;
  readonly claims: Readonly<Record<string, string>>;
}

export const AGENT_ID = /^[a-z0-9](?:[a-z0-9-]{0,62})[a-z0-9]$/;

/** Whether it may be given anything at this moment; `nowSeconds` is epoch seconds. */
export const isActive = (agent: Pick<Agent, "status" | "endsAt">, nowSeconds: number): boolean =>
  agent.status === "active" && (agent.endsAt === undefined || nowSeconds < agent.endsAt);

/** Returns the facts that decisions rest on, and nothing else of the agent. */
export function registrationOf(agent: Registration): Registration {
  const { id, name, owner, team, bindings, endsAt, limits, createdAt, confirmedAt } = agent;
  return {
    ...{ id, name, owner, team, bindings, limits, createdAt },
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(confirmedAt === undefined ? {} : { confirmedAt }),
  };
}

/**
 * Returns the agent as its parts say. An agent is active because its `ACTIVE#` entry is there, whatever its record says; and it is on its way out where
 * nothing is left of its registration.
 * @param record what everybody who ends anything may write: believed of what takes away, and of nothing that gives.
 */
export function agentOf(record: Agent, active: Registration | undefined, kept: Registration | undefined): Agent {
  const facts = active ?? kept;
  if (!facts) return { ...record, status: isAtLeast(record.status, "offboarding") ? record.status : "offboarding" };
  const { warnedDays, halted, offboarding, chain } = record;
  const told = { ...facts, ...(warnedDays === undefined ? {} : { warnedDays }), chain };
  if (active) return { ...told, status: "active" };
  return {
    ...told,
    status: record.status === "active" ? "suspended" : record.status,
    ...(halted && { halted }),
    ...(offboarding && { offboarding }),
  };
}

/** True where nothing has changed that identities, policies and deadlines rest on; the status is compared elsewhere. */
export const isSameToDecisions = (before: KnownAgent, after: KnownAgent): boolean =>
  decisive(before) === decisive(after);

const decisive = ({ id, owner, team, bindings, endsAt, limits: { taskSeconds } }: KnownAgent): string =>
  canonicalJson({ id, owner, team, bindings, endsAt, taskSeconds });
