/** Seconds in each unit of a duration. */
const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3_600, d: 86_400 };

/** Reads `900`, `900s`, `15m`, `1h` or `2d` as seconds; undefined for anything else. */
export function secondsIn(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d{1,6})([smhd]?)$/.exec(text) ?? [];
  const seconds = count === undefined ? undefined : Number(count) * (UNITS[unit] ?? Number.NaN);
  return seconds === undefined || seconds < 1 ? undefined : seconds;
}
