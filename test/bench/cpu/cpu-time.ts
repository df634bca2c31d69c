/**
 * Measures the CPU time of the work; milliseconds. Counts all threads of the process, since signatures are verified on
 * another thread. Garbage collections during the work count too.
 */
export async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * Measures an upper bound of this thread's CPU time for synchronous work; milliseconds. The elapsed time and the CPU
 * time of the process are both upper bounds, and the smaller one is returned. The clock of a thread advances by some
 * milliseconds at a time on some machines.
 */
export function threadMs<T>(work: () => T): { readonly value: T; readonly ms: number } {
  const [beganAtMs, spentBeforeMs] = [performance.now(), spentMs()];
  const value = work();
  return { value, ms: Math.min(performance.now() - beganAtMs, spentMs() - spentBeforeMs) };
}

/** CPU time of this thread so far, by which the exchange bounds its proofs; milliseconds. */
export function threadSpentMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/**
 * CPU time of this process so far; milliseconds. The clock of a thread is coarser: on some machines it advances by some
 * milliseconds at a time.
 */
export function spentMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
