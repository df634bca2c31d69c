/**
 * What the work comes to, or an error when it takes too long: a function that died answers nobody, and a benchmark ends by itself.
 * The work is not stopped; whoever gives up on it ends the process.
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
