/**
 * Measures the CPU time of the work; milliseconds. Counts all threads of the process, since signatures are verified on another thread, and garbage
 * collections during the work.
 */
export async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * Measures an upper bound of the CPU time of this thread for the work, which is done at once; milliseconds. The time that passes and the CPU time of the
 * whole process are both at least that; the clock of a thread itself goes on by some milliseconds at a time on some machines.
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

/** CPU time of this process so far; milliseconds. Finer than that of a thread, whose clock goes on by some milliseconds at a time on some machines. */
export function spentMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
