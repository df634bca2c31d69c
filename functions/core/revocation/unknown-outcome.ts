/** Error of a write that may have landed, may not have, and may still land. */
export class UnknownOutcome extends Error {
  constructor(cause: unknown) {
    super("the outcome of the write is unknown", { cause });
    this.name = "UnknownOutcome";
  }
}
