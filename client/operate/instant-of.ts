/** Latest moment that a date can be; epoch seconds (ECMA-262: time values). */
const LATEST_SECONDS = 8_640_000_000_000;

/** Writes epoch seconds of the service's as an instant; "" where they are none. */
export const instantOf = (seconds: unknown): string =>
  typeof seconds === "number" && Math.abs(seconds) <= LATEST_SECONDS ? new Date(seconds * 1_000).toISOString() : "";
