import { setTimeout as sleep } from "node:timers/promises";
import { BenchAgent, type Vended } from "../cloud/bench-agent.ts";
import { startBenchCloud } from "../cloud/bench-cloud.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { percentile } from "../statistics.ts";
import { type Answers, HostileAgent, reached } from "./hostile-agent.ts";

/** Duration of one slice; seconds. Slices with and without the hostile agent take turns, so that a busy machine slows both. */
const SLICE_SECONDS = 30;
/** Highest ratio of the honest agent's p99. */
const RATIO = 2;
/** Bound of one vend of the honest agent; milliseconds. */
const TIMEOUT_MS = 15_000;

/** Vends of the honest agent in slices of one kind. */
interface Honest {
  readonly ms: number[];
  /** Counts of answers other than credentials. */
  readonly others: Record<string, number>;
}

/** Compares an agent that vends once a second with the same beside another agent that uses every trick within its identity. */
export async function besideAHostileAgent({ say, workDir, minutes }: Run): Promise<readonly Row[]> {
  const cloud = await startBenchCloud({ workDir, isTapped: false, taskRoles: 8, asks: true });
  try {
    const honest = await BenchAgent.register(cloud, "honest");
    const hostile = await HostileAgent.register(cloud, "hostile");
    const [alone, beside]: [Honest, Honest] = [
      { ms: [], others: {} },
      { ms: [], others: {} },
    ];
    await slice(honest, 10, { ms: [], others: {} });
    const pairs = Math.max(1, Math.round((minutes * 60) / (2 * SLICE_SECONDS)));
    for (let pair = 1; pair <= pairs; pair += 1) {
      await slice(honest, SLICE_SECONDS, alone);
      hostile.begin();
      await slice(honest, SLICE_SECONDS, beside);
      await hostile.stop();
      say(`${pair} of ${pairs}: alone ${inWords(alone)}; beside ${inWords(beside)}`);
      await cloud.settled();
    }
    return [rowOf(alone, beside, hostile, pairs)];
  } finally {
    await cloud.close();
  }
}

/** The honest agent vends once a second and completes each task. */
async function slice(agent: BenchAgent, seconds: number, into: Honest): Promise<void> {
  const one = async (): Promise<void> => {
    const token = await agent.token();
    const beganAtMs = performance.now();
    try {
      const answer = await agent.tryVend(token, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      const body = (await answer.json()) as Vended;
      if (answer.status === 200) {
        into.ms.push(performance.now() - beganAtMs);
        await agent.complete(body);
      } else into.others[answer.status] = (into.others[answer.status] ?? 0) + 1;
    } catch (error) {
      const name = error instanceof Error ? error.name : "unknown";
      into.others[name] = (into.others[name] ?? 0) + 1;
    }
  };
  const vends: Promise<void>[] = [];
  for (let second = 0; second < seconds; second += 1) {
    vends.push(one());
    await sleep(1_000);
  }
  await Promise.all(vends);
}

function rowOf(alone: Honest, beside: Honest, { answers }: HostileAgent, pairs: number): Row {
  const [aloneMs, besideMs] = [p99(alone), p99(beside)];
  const ratio = besideMs / aloneMs;
  const failed = Object.values(beside.others).reduce((sum, each) => sum + each, 0);
  const faults = Object.values(answers)
    .flatMap((counted) => Object.entries(counted))
    .reduce((sum, [outcome, count]) => sum + (/^50[024]/u.test(outcome) ? count : 0), 0);
  return {
    name: "an honest agent beside a hostile one",
    measured: `p99 ${besideMs.toFixed(0)} ms of ${aloneMs.toFixed(0)} ms alone, ${failed} of ${beside.ms.length + failed} not given, ${faults} answers of functions that failed`,
    target: `p99 at most ${RATIO} times, all given, no function fails`,
    verdict: verdict(ratio <= RATIO && failed === 0 && faults === 0),
    notes: [
      `${pairs} pairs of slices of ${SLICE_SECONDS} s, one vend a second of the honest agent, each completed`,
      `alone: ${inWords(alone)}`,
      `beside: ${inWords(beside)}`,
      ...Object.entries(answers).map(([trick, counted]) => trickInWords(trick, counted)),
      "one process has all requests here; Lambda gives each request a process",
    ],
    figures: { ratio, aloneP99Ms: aloneMs, besideP99Ms: besideMs, notGiven: failed, faults },
  };
}

/** Writes how many requests of a trick reached a function, and how they were answered. */
const trickInWords = (trick: string, answers: Answers): string =>
  `${trick}: ${reached(answers)} of ${Object.values(answers).reduce((sum, each) => sum + each, 0)} reached the function: ${
    Object.entries(answers)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(", ") || "none sent"
  }`;

const p99 = ({ ms }: Honest): number => (ms.length === 0 ? Number.POSITIVE_INFINITY : percentile(ms, 0.99));
const inWords = (honest: Honest): string =>
  `${honest.ms.length} given, p50 ${percentile(honest.ms, 0.5).toFixed(0)} ms, p99 ${p99(honest).toFixed(0)} ms, others ${JSON.stringify(honest.others)}`;
