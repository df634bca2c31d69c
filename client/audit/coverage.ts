import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";

/** Time that a log covers, by the clocks of its events. */
export interface Coverage {
  /** Moment of the first event. */
  readonly from: string;
  /** Moment of the last event. */
  readonly to: string;
}

/** Finds the time that events cover; undefined where there is none. */
export function coverageOf(events: readonly ArchivedEvent[]): Coverage | undefined {
  if (events.length === 0) return undefined;
  const [first, last] = events.reduce(
    ([from, to], { at }) => [Math.min(from, at), Math.max(to, at)],
    [Infinity, -Infinity],
  );
  return { from: new Date(first).toISOString(), to: new Date(last).toISOString() };
}
