import type { AgentId } from "../../../contract/agent-id.ts";
import type { Halt } from "../identity/agent.ts";
import { STS_SECONDS } from "../tasks/task.ts";
import { CLOCK_MARGIN_SECONDS } from "./role-entry.ts";

/**
 * Agent that was suspended or offboarded: the item `HALT#` / its id. The suspending transaction writes the item, the
 * resuming one removes it.
 */
export interface HaltedAgent extends Pick<Halt, "at" | "by"> {
  readonly agent: AgentId;
}

/**
 * Seconds after the halt for which a session of the agent may still live. The halt stops issuing. A session that was
 * being issued started within the next minute, and lives for an hour at most.
 */
export const HALT_SECONDS = STS_SECONDS.most + 60 + CLOCK_MARGIN_SECONDS;

/** True while a session of the halted agent can be alive, so that policies must deny it by name. */
export const isInForce = ({ at }: Pick<HaltedAgent, "at">, nowSeconds: number): boolean =>
  nowSeconds <= at + HALT_SECONDS;

export interface Halts {
  /** Lists every halted agent, strongly consistent, including those halted so long ago that no session of theirs can be alive. */
  list(): Promise<readonly HaltedAgent[]>;
}
