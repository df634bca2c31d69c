import { writeFileSync } from "node:fs";

/**
 * Excludes memory, and so secrets, from core files of this process, and of its children unless they change it back. Node cannot limit core files. On
 * Linux, a process can choose the kinds of memory that they hold, here none (core(5)). No effect on other systems; docs/client.md has advice for them.
 */
export function leaveMemoryOutOfCoreFiles(): void {
  if (process.platform !== "linux") return;
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
  } catch {
    // Without a writable /proc there is no effect, as on other systems.
  }
}
