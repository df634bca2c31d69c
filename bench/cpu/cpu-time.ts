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

/** CPU time of this process so far; milliseconds. Finer than that of a thread, whose clock goes on by some milliseconds at a time on some machines. */
export function spentMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
