import type { TaskPath } from "./path.ts";

/** An entry of the due list: a task that has to be looked at in that minute. */
export interface Timer {
  readonly path: TaskPath;
  /** In whose list it stands; minutes since the epoch. */
  readonly minute: number;
  /** How often its ending has failed. */
  readonly tries: number;
}

/** The due list, minute by minute, and how far it has been worked off. */
export interface Timers {
  /** What stands in the minute's list, strongly read. */
  due(minute: number): Promise<readonly Timer[]>;
  /** Into the list of another minute, in one transaction. */
  move(timer: Timer, to: Pick<Timer, "minute" | "tries">): Promise<void>;
  /** Nothing is left to do for it. It may be gone already. */
  remove(timer: Timer): Promise<void>;
  /** The last minute that was swept completely; nothing before the first sweep. */
  sweptTo(): Promise<number | undefined>;
  /** Never back. @param wrong what stands there and gives way all the same: a wrong clock has written it. */
  setSweptTo(minute: number, wrong?: number): Promise<void>;
}
