/** Error of a write with an unknown outcome: it may have taken effect, or may still do so. */
export class UnknownOutcome extends Error {
  constructor(cause: unknown) {
    super("the outcome of the write is unknown", { cause });
    this.name = "UnknownOutcome";
  }
}
