/** Object Lock of the archive: mode, and retention in days. */
export interface LockSetting {
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  readonly days: number;
}

/** Writes the setting for the function's environment: `GOVERNANCE 30`. */
export const lockText = ({ mode, days }: LockSetting): string => `${mode} ${days}`;

/** Reads the setting. @throws {Error} for any other text: it must not pass for an archive without a lock. */
export function parseLock(text: string): LockSetting {
  const [, mode, days] = /^(GOVERNANCE|COMPLIANCE) (\d{1,5})$/.exec(text) ?? [];
  if (mode !== "GOVERNANCE" && mode !== "COMPLIANCE") throw new Error(`no setting of the archive's lock: ${text}`);
  return { mode, days: Number(days) };
}
