import type { ChainHead } from "../journal/event.ts";

/** A registered workload identity: `AGENT#id`. */
export interface Agent {
  /** `[a-z0-9-]{2,64}`: fits STS's SourceIdentity, and is never reused. */
  readonly id: string;
  readonly name: string;
  /** Who answers for it: an address or a name, as the operators write it. */
  readonly owner: string;
  readonly team: string;
  readonly bindings: readonly Binding[];
  readonly status: AgentStatus;
  /** Epoch seconds after which it gets nothing. */
  readonly endsAt?: number;
  readonly limits: AgentLimits;
  readonly createdAt: number;
  /** Since when, by whom and why it gets nothing; not there while it is active. */
  readonly halted?: Halt;
  /** The end of its chain of events: grows with every change, and so is the optimistic lock too. */
  readonly chain: ChainHead;
}

/** `offboarding`: on its way out, and there is no way back; `offboarded`: nothing of it is left but the record. */
export type AgentStatus = "active" | "suspended" | "offboarding" | "offboarded";

/** Why nobody asked for a suspension: its owner did not confirm it in time, or its end date has come. */
export type HaltReason = "unconfirmed" | "past_its_end";

export interface Halt {
  /** Epoch seconds. */
  readonly at: number;
  readonly by: string;
  readonly reason?: HaltReason;
}

/** How final a status is: a later one is never taken back by asking for an earlier one. */
const FINALITY = { active: 0, suspended: 1, offboarding: 2, offboarded: 3 } as const satisfies Record<
  AgentStatus,
  number
>;

export const isAtLeast = (status: AgentStatus, least: AgentStatus): boolean => FINALITY[status] >= FINALITY[least];

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
export type AgentSummary = Pick<Agent, "id" | "name" | "owner" | "team" | "status" | "endsAt">;

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
