import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { ISSUER_KEY } from "../../functions/core/archive/issuer-key.ts";

/** Time that a log covers, by the clocks of its events. */
export interface Coverage {
  /** Moment of the first event. */
  readonly from: string;
  /** Moment of the last event. */
  readonly to: string;
}

/**
 * Finds the time that events cover; undefined where there is none. An issuer's key is dated by the hour in which it was
 * read, which may begin before the log does.
 */
export function coverageOf(events: readonly ArchivedEvent[]): Coverage | undefined {
  const dated = events.filter(({ type }) => type !== ISSUER_KEY);
  if (dated.length === 0) return undefined;
  const [first, last] = dated.reduce(
    ([from, to], { at }) => [Math.min(from, at), Math.max(to, at)],
    [Infinity, -Infinity],
  );
  return { from: new Date(first).toISOString(), to: new Date(last).toISOString() };
}
