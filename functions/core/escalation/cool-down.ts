/** Cool-down of an agent by a rule of escalation: the agent starts nothing until it is over. The item `COOLDOWN#` / agent. */
export interface CoolDown {
  readonly agent: string;
  /** Time of the request that the rule has found; epoch seconds. */
  readonly at: number;
  /** `escalation:<rule>:<detection>`. */
  readonly by: string;
}

/** Length of a cool-down. No item makes it longer, since the length is no part of the item. */
export const COOL_DOWN_SECONDS = 900;

/** Most seconds by which the clock that began a cool-down may be ahead: one that begins later is none. */
const AHEAD_SECONDS = 60;

/** Moment at which the cool-down is over, in epoch seconds; undefined where none is in force. */
export function cooledUntil(coolDown: Pick<CoolDown, "at"> | undefined, nowSeconds: number): number | undefined {
  if (coolDown === undefined || coolDown.at > nowSeconds + AHEAD_SECONDS) return undefined;
  const until = coolDown.at + COOL_DOWN_SECONDS;
  return nowSeconds < until ? until : undefined;
}

/** Cool-downs of agents. */
export interface CoolDowns {
  /** Reads when the agent's cool-down is over, strongly; epoch seconds, undefined where none is in force. @throws {Refusal} store_unavailable. */
  until(agent: string): Promise<number | undefined>;
  /** The same from this process's memory, which never allows anything. */
  knownUntil(agent: string): number | undefined;
  /** Begins a cool-down, unless the agent has one that has not been over at its beginning: none is made longer. */
  begin(coolDown: CoolDown): Promise<void>;
}
