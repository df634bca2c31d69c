import type { AgentId } from "../../../contract/agent-id.ts";
import { type Agent, isDecidedSince } from "../identity/agent.ts";
import { inForceUntil } from "./cool-down.ts";

/**
 * Pause of an agent for one party, by a rule of escalation: the agent does nothing for that party until the pause is
 * over. The agent's own work, and its work for others, go on. The item `COOLDOWN#` / agent, `FOR#` / party.
 */
export interface Pause {
  readonly agent: AgentId;
  /** Party for which the agent is paused: `issuer|person`, or the agent at the root of the tree. */
  readonly party: string;
  /** Time of the call that triggered the rule; epoch seconds. */
  readonly at: number;
  /** `escalation:<rule>:<detection>`. */
  readonly by: string;
}

/** Length of a pause. The item does not contain the length, so no item can prolong it. */
export const PAUSE_SECONDS = 86_400;

/**
 * Number of parties by whose tasks one rule must find one agent within an hour, so that the agent as a whole is
 * suspended. An agent that somebody has taken over shows at many parties; one party, or two of them, are no lever
 * against the others.
 */
export const PARTIES_TO_SUSPEND = 3;

/**
 * Computes the end of a pause, in epoch seconds; undefined where it is over. An operator who resumes the agent ends the
 * pauses from before.
 */
export const pausedUntil = (
  { at }: Pick<Pause, "at">,
  agent: Pick<Agent, "resumedAt"> | undefined,
  nowSeconds: number,
): number | undefined => (agent && isDecidedSince(agent, at) ? undefined : inForceUntil(at, PAUSE_SECONDS, nowSeconds));

/** Pauses of agents for parties. */
export interface Pauses {
  /** Finds the latest pause of the agent for the party, strongly; it may be over. @throws {Refusal} store_unavailable. */
  find(agent: AgentId, party: string): Promise<Pause | undefined>;
  /** Lists the latest pause of the agent for each party, strongly; some may be over. */
  list(agent: AgentId): Promise<readonly Pause[]>;
  /** Begins a pause, in place of one that began earlier. A pause that began later stays. */
  begin(pause: Pause): Promise<void>;
}
