/** CPU time of this thread, milliseconds. A busy machine, or another thread (signatures, garbage collection), adds nothing to it. */
export function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
