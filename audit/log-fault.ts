/** Fault of an archive: bytes differ from the signed ones, or are missing. */
export interface LogFault {
  readonly kind: "tampered" | "incomplete";
  /** Object, or event, that the fault is in. */
  readonly what: string;
  /** Sentence about what was found. */
  readonly found: string;
}

export const tampered = (what: string, found: string): LogFault => ({ kind: "tampered", what, found });
export const incomplete = (what: string, found: string): LogFault => ({ kind: "incomplete", what, found });

/** Returns the verdict on a log, a bundle or an archive that has these faults. */
export function verdictOf(faults: readonly LogFault[]): "intact" | "tampered" | "incomplete" {
  if (faults.some(({ kind }) => kind === "tampered")) return "tampered";
  return faults.length > 0 ? "incomplete" : "intact";
}
