import { writeFileSync } from "node:fs";

/**
 * From here on a core file of this process has no memory in it, and so no secret; nor has one of what it starts, unless that wants it otherwise.
 * Node cannot set a limit on core files, but Linux lets every process say which of its memory goes into one, by kind; none does (core(5)).
 * Elsewhere nothing changes: docs/client.md says what to do there.
 */
export function leaveMemoryOutOfCoreFiles(): void {
  if (process.platform !== "linux") return;
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
  } catch {
    // Without /proc, or with one that may not be written, it is as it is elsewhere.
  }
}
