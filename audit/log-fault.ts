/** Fault of an archive: bytes that are not those which were signed, or bytes that are not there. */
export interface LogFault {
  readonly kind: "tampered" | "incomplete";
  /** Object, or event, that the fault is in. */
  readonly what: string;
  /** Sentence about what was found. */
  readonly found: string;
}

export const tampered = (what: string, found: string): LogFault => ({ kind: "tampered", what, found });
export const incomplete = (what: string, found: string): LogFault => ({ kind: "incomplete", what, found });

/** Verdict on what has these faults. */
export function verdictOf(faults: readonly LogFault[]): "intact" | "tampered" | "incomplete" {
  if (faults.some(({ kind }) => kind === "tampered")) return "tampered";
  return faults.length > 0 ? "incomplete" : "intact";
}
