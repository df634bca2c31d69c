/** Returns the result of the work, or the refusal or error that it throws. */
export function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
