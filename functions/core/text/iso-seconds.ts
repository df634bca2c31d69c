/** Formats a time as `2026-11-24T12:00:00Z`, without milliseconds. @param atSeconds whole epoch seconds. */
export const isoSeconds = (atSeconds: number): string =>
  new Date(atSeconds * 1_000).toISOString().replace(".000Z", "Z");
