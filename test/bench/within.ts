/**
 * Waits for the work and returns its result. Fails after the time, since a dead function never answers. The work is not
 * stopped: the caller must end the process.
 */
export async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  const { promise: never, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`it took longer than ${seconds} s`)), seconds * 1_000);
  try {
    return await Promise.race([work, never]);
  } finally {
    clearTimeout(timer);
  }
}
