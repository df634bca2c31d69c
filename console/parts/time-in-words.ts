/** Form of every instant on every page: the reader's time zone, the day before the time, 24 hours. */
const INSTANT = { dateStyle: "medium", timeStyle: "medium" } as const;
/** Form of every day. A day has no time zone of its own. */
const DAY = { dateStyle: "medium", timeZone: "UTC" } as const;

/** Writes an instant in the reader's time zone; a text that is none as it is. @example "27 Nov 2026, 12:01:00" */
export const instantInWords = (at: string | number): string => written(at, INSTANT);

/** Writes a day; a text that is none as it is. @param day as in `2026-11-27`. @example "27 Nov 2026" */
export const dayInWords = (day: string): string => written(day, DAY);

/** Writes an instant without its day, for the axis of a plot. @example "12:00" */
export const hourInWords = (at: number): string => written(at, { timeStyle: "short" });

function written(at: string | number, form: Intl.DateTimeFormatOptions): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toLocaleString("en-GB", form);
}
