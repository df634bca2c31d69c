import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks of a second in /proc: 100 on every current Linux. */
const TICKS = 100;

/** Reads the CPU time that a process has used, user and system; milliseconds. Source: proc_pid_stat(5). */
export function processCpuMs(pid: number): number {
  const [, rest = ""] = /^\d+ \(.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
  // After the name, `state` is the first field; utime and stime are the 12th and 13th.
  const [user = 0, system = 0] = rest.split(" ").slice(11, 13).map(Number);
  return ((user + system) * 1_000) / TICKS;
}

/** Finds the processes that a process has started. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}
