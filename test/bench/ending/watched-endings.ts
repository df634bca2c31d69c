import { setTimeout as sleep } from "node:timers/promises";
import { trailEvent } from "../../../local/cloud-trail.ts";
import { BenchAgent } from "../cloud/bench-agent.ts";
import { type BenchCloud, startBenchCloud } from "../cloud/bench-cloud.ts";
import { ACCOUNT } from "../policies/bench-policies.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { percentile, sum } from "../statistics.ts";
import { PolicyWrites } from "./policy-writes.ts";
import { type OpenTask, openOne, putReport, untilDenied } from "./watched-key.ts";

/** Endings of a round, within a second, and tasks that a panic ends after them. */
const [ENDINGS, PANICKED] = [50, 10];
/** Time after a panic's lift until tasks are opened again; milliseconds. */
const LIFTED_MS = 61_000;
/** Rounds of each kind, in turn. The last two end with a panic. */
const ROUNDS = 3;
/** Calls of another agent that CloudTrail reports each second, and the interval of their reports. */
const CALLS = { perSecond: 2_000, everyMs: 25 } as const;
/** Tasks that make the calls, and objects that they read. */
const [CALLERS, OBJECTS] = [5, 40];
const TARGET_RATIO = 1.5;
/** Retries of a completion, and the pause before each; milliseconds. */
const [MOST_RETRIES, RETRY_MS] = [20, 500];
/** Time after which a key that still works counts as never denied; milliseconds. */
const GIVE_UP_MS = 30_000;

/** Times of one round, from the request that ends to the first refused call of each key; milliseconds. */
interface Round {
  readonly isWatched: boolean;
  readonly completedMs: readonly number[];
  readonly panickedMs: readonly number[];
  /** Calls that were reported to `observe`. */
  readonly reported: number;
  /** Batches that `observe` began meanwhile, of ten calls at most. */
  readonly batches: number;
  readonly seconds: number;
}

/**
 * Compares endings beside a flood of observed calls with endings without it, in one run and in turn. A round completes
 * fifty tasks; the last two rounds then panic. The flood is CloudTrail's reports of another agent's calls; the calls themselves, which
 * are AWS's work, are left out.
 */
export async function watchedEndings({ say, workDir }: Run): Promise<readonly Row[]> {
  const writes = new PolicyWrites();
  const cloud = await startBenchCloud({ workDir, isTapped: false, onApiCall: (call) => writes.see(call) });
  try {
    putReport(cloud);
    const agents = await Promise.all(
      Array.from({ length: 5 }, (_, n) => BenchAgent.register(cloud, `reporter-${n}`, { tasks_per_minute: 6_000 })),
    );
    const chatty = await BenchAgent.register(cloud, "chatty");
    const rounds: Round[] = [];
    // The first round is the functions' first-time work, and does not count.
    for (let round = 0; round <= 2 * ROUNDS; round += 1) {
      const callers: OpenTask[] = [];
      while (callers.length < CALLERS && round % 2 === 0) callers.push(await openOne(chatty, cloud));
      const hasPanic = round >= 2 * ROUNDS - 1;
      const measured = await roundOf(agents, callers, hasPanic, writes, cloud);
      if (round > 0) rounds.push(measured);
      say(inWords(measured));
      await cloud.settled();
      if (hasPanic && round < 2 * ROUNDS) await sleep(LIFTED_MS);
    }
    return [rowOf(rounds)];
  } finally {
    await cloud.close();
  }
}

async function roundOf(
  agents: readonly BenchAgent[],
  callers: readonly OpenTask[],
  hasPanic: boolean,
  writes: PolicyWrites,
  cloud: BenchCloud,
): Promise<Round> {
  const open = (count: number) =>
    Promise.all(
      agents.map(async (agent) => {
        const tasks: OpenTask[] = [];
        while (tasks.length < count / agents.length) tasks.push(await openOne(agent, cloud));
        return tasks;
      }),
    );
  const [completed, panicked] = [(await open(ENDINGS)).flat(), hasPanic ? (await open(PANICKED)).flat() : []];
  await cloud.settled();
  const stop = new AbortController();
  const { observe } = cloud.invocations;
  const flood = report(callers, cloud, stop.signal);
  const beganAtMs = performance.now();
  // The flood is there before the endings.
  await sleep(1_000);
  const completedMs = await Promise.all(
    completed.map(async (task, index) => {
      await sleep((index * 1_000) / ENDINGS);
      const done = completeAtLast(task);
      const tookMs = await untilDenied(task, writes, cloud, GIVE_UP_MS);
      await done;
      return tookMs;
    }),
  );
  const asked = hasPanic ? panic(cloud, "POST /v1/panic") : undefined;
  const panickedMs = await Promise.all(panicked.map((task) => untilDenied(task, writes, cloud, GIVE_UP_MS)));
  await asked;
  const seconds = (performance.now() - beganAtMs) / 1_000;
  const batches = cloud.invocations.observe - observe;
  stop.abort();
  const reported = await flood;
  if (hasPanic) await panic(cloud, "POST /v1/panic/lift");
  return { isWatched: callers.length > 0, completedMs, panickedMs, reported, batches, seconds };
}

/** Completes a task, and tries again where the hub is busy, as a client does. */
async function completeAtLast({ agent, vended }: OpenTask): Promise<void> {
  for (let left = MOST_RETRIES; ; left -= 1) {
    try {
      return await agent.complete(vended);
    } catch (error) {
      if (left === 0) throw error;
      await sleep(RETRY_MS);
    }
  }
}

async function panic(cloud: BenchCloud, route: string): Promise<void> {
  const [method = "", path = ""] = route.split(" ");
  const token = await cloud.people.mint({ sub: "person:alice" });
  const answer = await fetch(`${cloud.api}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ reason: "a rehearsal" }),
  });
  const body = await answer.text();
  if (answer.status >= 300) throw new Error(`${route} was answered with ${answer.status}: ${body}`);
}

/** Reports calls of the tasks to `observe`, as CloudTrail does, until the signal. @returns their number. */
async function report(callers: readonly OpenTask[], cloud: BenchCloud, signal: AbortSignal): Promise<number> {
  if (callers.length === 0) return 0;
  const beganAtMs = performance.now();
  let reported = 0;
  while (!signal.aborted) {
    const due = (CALLS.perSecond * (performance.now() - beganAtMs)) / 1_000;
    while (reported < due) {
      const caller = callers[reported % callers.length];
      if (caller) cloud.observed(trailEvent(callOf(caller, reported), cloud.scope.region));
      reported += 1;
    }
    await sleep(CALLS.everyMs);
  }
  return reported;
}

function callOf({ path, roleArn, vended }: OpenTask, n: number): Parameters<typeof trailEvent>[0] {
  const role = roleArn.split("/").at(-1);
  return {
    at: Date.now(),
    service: "s3",
    operation: "GetObject",
    action: "s3:GetObject",
    resource: `arn:aws:s3:::acme-data/reports/${n % OBJECTS}.csv`,
    principalArn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${path}`,
    sessionName: path,
    accessKeyId: vended.credentials[0]?.AccessKeyId ?? "",
    context: {},
    decision: "Allowed",
  };
}

const p99 = (milliseconds: readonly number[]): number => percentile(milliseconds, 0.99);
const p50 = (milliseconds: readonly number[]): number => percentile(milliseconds, 0.5);

const inWords = ({ isWatched, completedMs, panickedMs, reported, seconds }: Round): string =>
  `${isWatched ? `beside ${(reported / seconds).toFixed(0)} observed calls a second` : "without"}: completed p50 ${p50(completedMs).toFixed(0)} ms, p99 ${p99(completedMs).toFixed(0)} ms${panickedMs.length > 0 ? `; panic p99 ${p99(panickedMs).toFixed(0)} ms` : ""}`;

function rowOf(rounds: readonly Round[]): Row {
  const of = (isWatched: boolean, what: "completedMs" | "panickedMs") =>
    rounds.filter((round) => round.isWatched === isWatched).flatMap((round) => round[what]);
  const watched = rounds.filter(({ isWatched }) => isWatched);
  const perSecond = sum(watched.map(({ reported }) => reported)) / sum(watched.map(({ seconds }) => seconds));
  const [beside, without] = [p99(of(true, "completedMs")), p99(of(false, "completedMs"))];
  const [panicBeside, panicWithout] = [p99(of(true, "panickedMs")), p99(of(false, "panickedMs"))];
  const ratio = beside / without;
  return {
    name: "completed -> denied beside observed calls",
    measured: `p99 ${beside.toFixed(0)} ms beside ${perSecond.toFixed(0)} calls a second, ${without.toFixed(0)} without: ${ratio.toFixed(2)} times`,
    target: `p99 at most ${TARGET_RATIO} times, beside ${CALLS.perSecond} observed calls a second`,
    verdict: verdict(ratio <= TARGET_RATIO && perSecond >= CALLS.perSecond * 0.95),
    notes: [
      `${ENDINGS} endings in a second; ${ROUNDS} rounds with and ${ROUNDS} without, in turn`,
      `observe began ${(sum(watched.map(({ batches }) => batches)) / sum(watched.map(({ seconds }) => seconds))).toFixed(0)} batches of up to ten calls a second meanwhile; the rest waited in its queue`,
      `p50 ${p50(of(true, "completedMs")).toFixed(0)} ms beside, ${p50(of(false, "completedMs")).toFixed(0)} without`,
      `panic, at the end of one round of each, to denied: p99 ${panicBeside.toFixed(0)} ms beside, ${panicWithout.toFixed(0)} without`,
    ],
    figures: {
      ratio,
      panicRatio: panicBeside / panicWithout,
      besideP99Ms: beside,
      withoutP99Ms: without,
      besideP50Ms: p50(of(true, "completedMs")),
      withoutP50Ms: p50(of(false, "completedMs")),
      observedPerSecond: perSecond,
    },
  };
}
