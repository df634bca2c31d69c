import { setTimeout as sleep } from "node:timers/promises";
import { BenchAgent } from "../cloud/bench-agent.ts";
import { type BenchCloud, startBenchCloud } from "../cloud/bench-cloud.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { percentile } from "../statistics.ts";
import { PolicyWrites } from "./policy-writes.ts";
import { type OpenTask, openOne, putReport, untilDenied } from "./watched-key.ts";

const [AGENTS, TASKS_EACH, PER_SECOND] = [8, 40, 100];
/** Endings before the measurement, one by one: the functions' first-time work does not count. */
const WARM_UP = 20;
const P99_MS = 1_000;
/** Time after which a key that still works counts as never denied; milliseconds. */
const GIVE_UP_MS = 20_000;

/**
 * Measures from the request that completes a task to the first refused call of its key. A hundred tasks end each
 * second.
 */
export async function completedToDenied({ say, workDir }: Run): Promise<readonly Row[]> {
  const writes = new PolicyWrites();
  const cloud = await startBenchCloud({ workDir, isTapped: false, onApiCall: (call) => writes.see(call) });
  try {
    putReport(cloud);
    say(`opening ${AGENTS * TASKS_EACH} tasks`);
    const opened = await openTasks(cloud);
    const [first, tasks] = [opened.slice(0, WARM_UP), opened.slice(WARM_UP)];
    for (const task of first) await endAndWatch(task, writes, cloud);
    writes.forget();
    const { relay, reconcile } = cloud.invocations;
    say(`ending them, ${PER_SECOND} each second`);
    const before = performance.eventLoopUtilization();
    const beganAtMs = performance.now();
    const tookMs = await Promise.all(
      tasks.map(async (task, index) => {
        await sleep((index * 1_000) / PER_SECOND);
        return endAndWatch(task, writes, cloud);
      }),
    );
    const totalMs = performance.now() - beganAtMs;
    const busy = performance.eventLoopUtilization(before).utilization;
    const invoked = {
      relay: cloud.invocations.relay - relay,
      reconcile: cloud.invocations.reconcile - reconcile,
    };
    return [rowOf({ tookMs, totalMs, writes: writes.count, busy, invoked })];
  } finally {
    await cloud.close();
  }
}

async function openTasks(cloud: BenchCloud): Promise<readonly OpenTask[]> {
  const agents = await Promise.all(
    Array.from({ length: AGENTS }, (_, index) => BenchAgent.register(cloud, `reporter-${index}`)),
  );
  const opened = await Promise.all(
    agents.map(async (agent) => {
      const tasks: OpenTask[] = [];
      while (tasks.length < TASKS_EACH) tasks.push(await openOne(agent, cloud));
      return tasks;
    }),
  );
  // The agents alternate, as in real traffic.
  return Array.from({ length: TASKS_EACH }, (_, index) =>
    opened.flatMap((tasks) => tasks.slice(index, index + 1)),
  ).flat();
}

async function endAndWatch(task: OpenTask, writes: PolicyWrites, cloud: BenchCloud): Promise<number> {
  const completed = task.agent.complete(task.vended);
  const tookMs = await untilDenied(task, writes, cloud, GIVE_UP_MS);
  await completed;
  return tookMs;
}

interface Seen {
  readonly tookMs: readonly number[];
  readonly totalMs: number;
  /** Writes of revocation policies. */
  readonly writes: number;
  /** Share of the time that the embedded AWS's thread was busy. */
  readonly busy: number;
  readonly invoked: { readonly relay: number; readonly reconcile: number };
}

function rowOf({ tookMs, totalMs, writes, busy, invoked }: Seen): Row {
  const [p50, p99] = [percentile(tookMs, 0.5), percentile(tookMs, 0.99)];
  const longest = Math.max(...tookMs);
  return {
    name: "completed -> denied, local",
    measured: `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
    target: `p99 <= 1 s at ${PER_SECOND} endings a second`,
    verdict: verdict(p99 <= P99_MS),
    notes: [
      `${tookMs.length} tasks over 4 task roles, ${PER_SECOND} endings a second; longest ${longest.toFixed(0)} ms; all denied ${totalMs.toFixed(0)} ms after the first request`,
      `${writes} policy writes, ${(tookMs.length / writes).toFixed(1)} endings each; the relay ran ${invoked.relay} times, the reconciler ${invoked.reconcile}`,
      `what it waits for is mostly this machine: the embedded AWS's thread, which also sends the requests, was ${(busy * 100).toFixed(0)} % busy`,
    ],
    figures: { p50Ms: p50, p99Ms: p99, longestMs: longest, policyWrites: writes },
  };
}
