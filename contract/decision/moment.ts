const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$/;

/** Forms of a time, for a message. */
export const TIME_FORMS = "90m, 24h or 7d ago, a day such as 2026-11-27, or an instant such as 2026-11-27T10:00:00Z";

/** Part of time that a text names: a moment, or a whole day in UTC. Epoch milliseconds, both included. */
export interface Span {
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * Reads `90m`, `24h`, `7d` as that long before now, `2026-11-27` as a whole day in UTC, or an instant of RFC 3339.
 * @returns undefined for any other text, a local time without its zone included.
 */
export function spanIn(text: string, nowMs: number): Span | undefined {
  const [, count, unit = ""] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return momentAt(nowMs - Number(count) * (UNITS[unit] ?? 0));
  if (DAY.test(text)) {
    const first = dayMs(text);
    return first === undefined ? undefined : { firstMs: first, lastMs: first + 86_400_000 - 1 };
  }
  const [, day = ""] = INSTANT.exec(text) ?? [];
  return dayMs(day) === undefined ? undefined : momentAt(Date.parse(text.toUpperCase().replace(" ", "T")));
}

const momentAt = (ms: number): Span | undefined => (Number.isNaN(ms) ? undefined : { firstMs: ms, lastMs: ms });

/** First moment of a day in UTC; undefined for a day that no month has, such as 30 February. */
function dayMs(day: string): number | undefined {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day ? undefined : ms;
}

/** Latest moment that a date can be; epoch seconds (ECMA-262: time values). */
const LATEST_SECONDS = 8_640_000_000_000;

/** True for epoch seconds that a date can be. A number of a log, or of an answer, may be any. */
export const isMoment = (seconds: unknown): seconds is number =>
  typeof seconds === "number" && Math.abs(seconds) <= LATEST_SECONDS;
