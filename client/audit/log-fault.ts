/** Fault of an archive: bytes differ from the signed ones, or are missing. */
export interface LogFault {
  readonly kind: "tampered" | "incomplete";
  /** Object, or event, that the fault is in. */
  readonly what: string;
  /** Sentence about what was found. */
  readonly found: string;
  /** True where the rest of the journal was not verified, so that other faults may be behind this one. */
  readonly hides?: true;
}

export const tampered = (what: string, found: string): LogFault => ({ kind: "tampered", what, found });
export const incomplete = (what: string, found: string): LogFault => ({ kind: "incomplete", what, found });

/** Verdict on a log, a bundle or an archive. `known faults only`: it has no fault that the caller did not name. */
export type LogVerdict = "intact" | "known faults only" | "tampered" | "incomplete";

/** Returns the verdict on a log, a bundle or an archive that has these faults. @param known faults that the caller named. */
export function verdictOf(faults: readonly LogFault[], known: readonly LogFault[] = []): LogVerdict {
  if (faults.some(({ kind }) => kind === "tampered")) return "tampered";
  if (faults.length > 0) return "incomplete";
  return known.length > 0 ? "known faults only" : "intact";
}
