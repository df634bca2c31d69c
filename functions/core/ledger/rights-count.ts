import type { EventType } from "../../../contract/journal-types.ts";
import { EMPTY_CHAIN, type JournalEvent, nextEvent, type ReadFacts } from "../journal/event.ts";
import { isoSeconds } from "../text/iso-seconds.ts";

/** Rights in AWS of ended tasks: pairs of an action and a resource. */
export interface RightsCount {
  readonly tasks: number;
  readonly granted: number;
  /** Pairs that no call used or tried, though its event would have come. */
  readonly unused: number;
  /** Pairs of which no use is known, and whose events may not come. */
  readonly notSeen: number;
}

export const HOUR_SECONDS = 3_600;

/** Time within which CloudTrail has delivered a task's calls; seconds. A count of unused rights waits for it. */
export const DELIVERED_SECONDS = 3_600;

const COUNTED = "rights.counted" satisfies EventType;

/** Name of an hour, which is the subject of its count. @param hour start of the hour; epoch seconds. */
export const hourName = isoSeconds;

/** True where every call of the tasks that ended in the hour has been reported. Both in epoch seconds. */
export const isDelivered = (hour: number, atSeconds: number): boolean =>
  atSeconds >= hour + HOUR_SECONDS + DELIVERED_SECONDS;

/** Makes the event of an hour's count, the only one of the hour. @param atMs epoch milliseconds. */
export const rightsCounted = (hour: number, { notSeen, ...count }: RightsCount, atMs: number): JournalEvent =>
  nextEvent(EMPTY_CHAIN, hourName(hour), COUNTED, atMs, { hour, ...count, not_seen: notSeen });

/**
 * Reads a count back from its event, with its hour. Whoever can write such events can write any number, but no hour
 * whose calls were still to come, and no more unused rights than granted ones.
 * @returns undefined for an event of another type, and for one that cannot be true.
 */
export function countOf(event: {
  readonly of: string;
  readonly type: string;
  readonly at: number;
  readonly facts: ReadFacts<EventType>;
}): (RightsCount & { readonly hour: number }) | undefined {
  if (event.type !== COUNTED) return undefined;
  const { hour, tasks, granted, unused, not_seen: notSeen } = event.facts as ReadFacts<typeof COUNTED>;
  if (![hour, tasks, granted, unused, notSeen].every(isWhole)) return undefined;
  const count = { hour: Number(hour), tasks: Number(tasks), granted: Number(granted) };
  const rest = { unused: Number(unused), notSeen: Number(notSeen) };
  const isTrue = event.of === hourName(count.hour) && isDelivered(count.hour, event.at / 1_000);
  return isTrue && rest.unused + rest.notSeen <= count.granted ? { ...count, ...rest } : undefined;
}

/** Upper bound on a number that is believed. Larger ones are no times, and no counts. */
const MOST = 2 ** 40;
const isWhole = (fact: unknown): boolean => Number.isInteger(fact) && Number(fact) >= 0 && Number(fact) < MOST;

/** Journal of the hours' counts. */
export interface RightsCounts {
  /** True where the hour has a count; a strong read. @param hour epoch seconds. */
  isCounted(hour: number): Promise<boolean>;
  /**
   * Appends the event of an hour (`rightsCounted`).
   * @throws {Refusal} contended where the hour has one.
   */
  append(event: JournalEvent): Promise<void>;
}
