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

/** CPU time of this thread; milliseconds. A proof is work of one thread, and other threads compile and collect garbage meanwhile. */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
