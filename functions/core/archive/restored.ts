import { defined } from "../defined.ts";
/** Restore of the table from a copy; epoch milliseconds. */
export interface Restored {
  readonly atMs: number;
  /**
   * Moment of the table that the copy contains: the copy has all earlier events. Absent where no other table replaced
   * the table.
   */
  readonly copiedAtMs?: number;
}

/** Writes a restore into the function's environment. @param restoredAt, copiedAt instants, from the configuration. */
export const restoredText = (restoredAt: string | undefined, copiedAt: string | undefined): string =>
  restoredAt === undefined ? "none" : [restoredAt, ...(copiedAt === undefined ? [] : [copiedAt])].join(" ");

/**
 * Reads a restore from the function's environment.
 * @returns undefined for `none`.
 * @throws {Error} for any other text than one or two instants.
 */
export function parseRestored(text: string): Restored | undefined {
  if (text === "none") return undefined;
  const [atMs = Number.NaN, copiedAtMs, ...more] = text.split(" ").map((instant) => Date.parse(instant));
  if (more.length > 0 || Number.isNaN(atMs) || Number.isNaN(copiedAtMs ?? 0))
    throw new Error(`no moment of a restore: ${text}`);
  return { atMs, ...defined({ copiedAtMs }) };
}
