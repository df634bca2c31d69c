/**
 * CPU time that the work takes, in milliseconds: of all threads of this process, since signatures are verified on another one.
 * What a garbage collection takes while the work runs counts as the work's.
 */
export async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
