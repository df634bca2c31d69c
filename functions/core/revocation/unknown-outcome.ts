/** A write that may have been done, may not, and may still be. */
export class UnknownOutcome extends Error {
  constructor(cause: unknown) {
    super("the outcome of the write is unknown", { cause });
    this.name = "UnknownOutcome";
  }
}
