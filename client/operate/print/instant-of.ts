import { isMoment } from "../../../contract/decision/moment.ts";

/** Writes epoch seconds of the service as an instant; "" for any other value. */
export const instantOf = (seconds: unknown): string =>
  isMoment(seconds) ? new Date(seconds * 1_000).toISOString() : "";
