import type { TaskPath } from "../task-path.ts";

/** Entry of the due list: a task that the sweep checks in that minute. */
export interface Timer {
  readonly path: TaskPath;
  /** Minute of the list that holds the entry; minutes since the epoch. */
  readonly minute: number;
  /** Number of failed attempts to end the task. */
  readonly tries: number;
}

/** Due list of tasks, minute by minute, with the sweep's progress. */
export interface Timers {
  /** Lists a minute's entries, strongly read. */
  due(minute: number): Promise<readonly Timer[]>;
  /** Moves an entry to another minute's list, in one transaction. */
  move(timer: Timer, to: Pick<Timer, "minute" | "tries">): Promise<void>;
  /** Removes an entry; one that is already gone is no error. */
  remove(timer: Timer): Promise<void>;
  /** Returns the last minute that was swept completely; undefined before the first sweep. */
  sweptTo(): Promise<number | undefined>;
  /**
   * Advances the last swept minute, and never moves it back.
   * @param wrong later minute that is replaced nevertheless, since a wrong clock wrote it.
   */
  setSweptTo(minute: number, wrong?: number): Promise<void>;
}
