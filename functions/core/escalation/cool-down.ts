import type { AgentId } from "../../../contract/agent-id.ts";
/** Cool-down of an agent by a rule of escalation: the agent starts nothing until it is over. The item `COOLDOWN#` / agent. */
export interface CoolDown {
  readonly agent: AgentId;
  /** Time of the request that triggered the rule; epoch seconds. */
  readonly at: number;
  /** `escalation:<rule>:<detection>`. */
  readonly by: string;
}

/** Length of a cool-down. The item does not contain the length, so no item can prolong it. */
export const COOL_DOWN_SECONDS = 900;

/** Tolerance for the clock that began a restraint; seconds. One that begins later than that is ignored. */
const AHEAD_SECONDS = 60;

/** Computes the end of a restraint that lasts so many seconds, in epoch seconds; undefined where it is over, or begins in the future. */
export function inForceUntil(at: number, seconds: number, nowSeconds: number): number | undefined {
  const until = at + seconds;
  return at <= nowSeconds + AHEAD_SECONDS && nowSeconds < until ? until : undefined;
}

/** Computes the end of the cool-down, in epoch seconds; undefined where none is in force. */
export const cooledUntil = (coolDown: Pick<CoolDown, "at"> | undefined, nowSeconds: number): number | undefined =>
  coolDown && inForceUntil(coolDown.at, COOL_DOWN_SECONDS, nowSeconds);

/** Cool-downs of agents. */
export interface CoolDowns {
  /**
   * Reads the end of the agent's cool-down, strongly; epoch seconds, undefined where none is in force.
   * @throws {Refusal} store_unavailable.
   */
  until(agent: AgentId): Promise<number | undefined>;
  /** Returns the end from this process's memory; undefined there does not allow anything. */
  knownUntil(agent: AgentId): number | undefined;
  /** Begins a cool-down, unless an earlier one of the agent is in force at its beginning: no cool-down is prolonged. */
  begin(coolDown: CoolDown): Promise<void>;
}
