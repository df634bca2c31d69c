/** Latest moment that a date can be; epoch seconds (ECMA-262: time values). */
const LATEST_SECONDS = 8_640_000_000_000;

/** Writes epoch seconds of the service as an instant; "" for any other value. */
export const instantOf = (seconds: unknown): string =>
  typeof seconds === "number" && Math.abs(seconds) <= LATEST_SECONDS ? new Date(seconds * 1_000).toISOString() : "";
