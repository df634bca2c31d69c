import type { AgentSummary } from "../identity/agent.ts";

/** Number of live tasks of one agent. */
export interface LiveCount {
  readonly agent: AgentSummary;
  readonly live: number;
}

export interface LiveCounts {
  /** Counts the live tasks of every agent that has some, by the agent's id; at most a few seconds old. */
  read(): Promise<readonly LiveCount[]>;
}
