/** `error`: fails; `warning`: fails with --strict; `note`: worth knowing, and meant. */
export type Level = "error" | "warning" | "note";

/** One thing that is worth a person's look. */
export interface Finding {
  readonly level: Level;
  /** Stable, for machines. */
  readonly code: string;
  readonly file?: string;
  /** The policy's id. */
  readonly policy?: string;
  readonly message: string;
}

export const LEVELS = ["error", "warning", "note"] as const satisfies readonly Level[];
