import { setTimeout as sleep } from "node:timers/promises";
import { annotate, print } from "./runner.ts";
import { entriesOf, isAlive, linesOf } from "./served-task.ts";

/** Longest wait for the end: `valetkey serve` tries for ten seconds. */
const PATIENCE_MS = 20_000;
/** Events of a task that has ended, by this job or before. */
const ENDED = ["task_ended", "task_expired", "task_ended_before"];

const { STATE_pid: pid, STATE_log: log } = process.env;
if (pid && log) await endTask(Number(pid), log);

/** Ends the task that `main` left for later steps, and reports the end. Never fails the job: the deadline ends a task that this step could not end. */
async function endTask(pid: number, log: string): Promise<void> {
  const endMs = Date.now() + PATIENCE_MS;
  if (isAlive(pid)) process.kill(pid, "SIGTERM");
  while (isAlive(pid) && Date.now() < endMs) await sleep(100);
  if (isAlive(pid)) process.kill(pid, "SIGKILL");
  let isEnded = true;
  for await (const entry of entriesOf({ pid, log })) {
    const { event } = entry;
    print(linesOf(entry));
    // `valetkey serve` opens the next task where one is over before the job.
    if (event === "task_started") isEnded = false;
    if (ENDED.includes(event)) isEnded = true;
  }
  if (!isEnded) annotate("warning", "the task may live until its deadline; the lines above say why");
}
