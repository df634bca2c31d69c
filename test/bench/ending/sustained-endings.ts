import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { atOnce } from "../../../functions/core/at-once.ts";
import { startDynamo } from "../../../local/emulator/dynamodb/start-dynamodb.ts";
import { BenchAgent, type Vended } from "../cloud/bench-agent.ts";
import { type BenchCloud, startBenchCloud } from "../cloud/bench-cloud.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { percentile } from "../statistics.ts";
import { PolicyWrites } from "./policy-writes.ts";
import { type SeededTask, Seeder } from "./seeder.ts";
import { keyTrier, type TryKey } from "./try-key.ts";
import { putReport, roleArnOf, untilDenied, type WatchedKey } from "./watched-key.ts";

/**
 * Task roles. Tasks of seconds are the worst case: a policy names each task for half a minute after its end. A role
 * takes some fifteen a second.
 */
const ROLES = 8;
/** Lifetime of a task. */
const LIVES_SECONDS = 4;
/** Endings before the measurement, one by one: the functions' first-time work does not count. */
const WARM_UP = 40;
/**
 * One ending of so many is watched: its key is tried until AWS refuses it. The other keys are tried once, at the end of
 * the run.
 */
const WATCHED = 10;
const P99_MS = 1_000;
const GIVE_UP_MS = 30_000;

interface Seeded extends WatchedKey {
  readonly vended: Vended;
}

/**
 * Runs a rate of endings for minutes, with the minute rules. New tasks are written straight into the record, as fast as
 * others end. Another benchmark measures vends, and two cores could not do both.
 */
export async function sustainedEndings(run: Run): Promise<readonly Row[]> {
  const dynamo = await startDynamo();
  try {
    return [rowOf(await endingsOver(dynamo.endpoint, run), run)];
  } finally {
    await dynamo.close();
  }
}

async function endingsOver(dynamodbEndpoint: string, run: Run): Promise<Seen> {
  const writes = new PolicyWrites();
  const cloud = await startBenchCloud({
    workDir: run.workDir,
    isTapped: false,
    hasRules: true,
    taskRoles: ROLES,
    dynamodbEndpoint,
    onApiCall: (call) => writes.see(call),
  });
  const { account, tableName } = cloud.scope;
  const seeder = new Seeder({ account, tableName, agent: "crowd", taskRoles: ROLES, endpoint: dynamodbEndpoint });
  try {
    putReport(cloud);
    const agent = await BenchAgent.register(cloud, "crowd");
    const seed = async () => withKey(await seeder.next(), cloud);
    const stock: Seeded[] = [];
    await atOnce(16, [...Array(LIVES_SECONDS * run.perSecond).keys()], async () => void stock.push(await seed()));
    for (const task of stock.splice(0, WARM_UP)) {
      await agent.complete(task.vended);
      await untilDenied(task, writes, cloud, GIVE_UP_MS);
      stock.push(await seed());
    }
    writes.forget();
    const { tookMs, unanswered, ended, behindMs } = await endSteadily({ agent, seed, stock, writes, cloud }, run);
    await cloud.settled();
    run.say("trying every key that was not watched");
    const alive: Seeded[] = [];
    await atOnce(8, ended, async (task) => {
      if ((await task.tryKey()) !== 403) alive.push(task);
    });
    if (unanswered.length + alive.length > 0)
      run.say(
        `${unanswered.length} requests failed; ${alive.length} keys of tasks that were said to have ended still work`,
      );
    for (const [what, count] of errorsIn(cloud.logFile)) run.say(`in the log, ${count} times: ${what}`);
    const lost = alive.length + unanswered.length + tookMs.filter((ms) => !Number.isFinite(ms)).length;
    return { tookMs, lost, behindMs, fastest: writes.mostInASecond(), writes: writes.count };
  } finally {
    await seeder.close();
    await cloud.close();
  }
}

interface Crowd {
  readonly agent: BenchAgent;
  readonly stock: Seeded[];
  readonly writes: PolicyWrites;
  readonly cloud: BenchCloud;
  seed(): Promise<Seeded>;
}

/** Ends the oldest task of the stock at every tick, and adds another one. */
async function endSteadily({ agent, seed, stock, writes, cloud }: Crowd, run: Run) {
  const { say, perSecond } = run;
  const total = totalOf(run);
  say(`ending ${total} tasks, ${perSecond} each second`);
  const [tookMs, unanswered, ended]: [number[], Seeded[], Seeded[]] = [[], [], []];
  const running: Promise<unknown>[] = [];
  const beganAtMs = performance.now();
  for (let index = 0; index < total; index += 1) {
    await sleep(Math.max(0, beganAtMs + (index * 1_000) / perSecond - performance.now()));
    const task = stock.shift();
    if (!task) throw new Error("the tasks to end have run out: this machine cannot open so many");
    running.push(seed().then((next) => stock.push(next)));
    const completing = agent.complete(task.vended).then(
      () => ended.push(task),
      (error: unknown) => {
        if (unanswered.push(task) === 1) say(`a request failed: ${error}`);
      },
    );
    running.push(completing);
    if (index % WATCHED === 0) running.push(untilDenied(task, writes, cloud, GIVE_UP_MS).then((ms) => tookMs.push(ms)));
    if (index > 0 && index % (30 * perSecond) === 0) {
      const recent = tookMs.slice(-3 * perSecond);
      say(`${index} ended; of the last ${recent.length} watched p99 ${percentile(recent, 0.99).toFixed(0)} ms`);
    }
  }
  const behindMs = performance.now() - beganAtMs - (total * 1_000) / perSecond;
  await Promise.all(running);
  return { tookMs, unanswered, ended, behindMs };
}

const totalOf = ({ minutes, perSecond }: Pick<Run, "minutes" | "perSecond">): number =>
  Math.round(minutes * 60 * perSecond);

/** Adds a session to a seeded task. The key is prepared at the first try: for most tasks, at the end of the run. */
function withKey({ path, token }: SeededTask, cloud: BenchCloud): Seeded {
  const roleArn = roleArnOf(cloud, path);
  const session = cloud.aws.keysFor(roleArn, path);
  const key = {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    Token: session.sessionToken ?? "",
  };
  const vended = { access_token: token, task: { id: path }, credentials: [key] };
  let trier: Promise<TryKey> | undefined;
  const tryKey = async () => {
    trier ??= keyTrier(vended, cloud.aws.endpoint);
    return (await trier)();
  };
  return { path, vended, roleArn, tryKey };
}

/** Counts the errors in the functions' log, by name. */
function errorsIn(logFile: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of readFileSync(logFile, "utf8").split("\n")) {
    if (!line.includes('"level":"error"')) continue;
    const { event, why, code } = JSON.parse(line) as Readonly<Record<string, string>>;
    const what = [event, why, code].filter(Boolean).join(" ");
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return counts;
}

interface Seen {
  readonly tookMs: readonly number[];
  readonly lost: number;
  /** Delay of the last request against its schedule. */
  readonly behindMs: number;
  /** Most writes of one role's policy within a second. */
  readonly fastest: number;
  readonly writes: number;
}

function rowOf({ tookMs, lost, behindMs, fastest, writes }: Seen, { minutes, perSecond }: Run): Row {
  const total = totalOf({ minutes, perSecond });
  const [p50, p99] = [percentile(tookMs, 0.5), percentile(tookMs, 0.99)];
  return {
    name: `completed -> denied, ${perSecond} a second for ${minutes} minutes`,
    measured: `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${lost} lost`,
    target: "p99 <= 1 s, none lost, at most 2 writes a second per role",
    verdict: verdict(p99 <= P99_MS && lost === 0 && fastest <= 2),
    notes: [
      `${total} endings over ${ROLES} task roles; ${tookMs.length} of them watched until their key was refused, every other key tried afterwards`,
      `longest ${Math.max(...tookMs).toFixed(0)} ms; the last request left ${behindMs.toFixed(0)} ms late`,
      `${writes} policy writes, ${(total / writes).toFixed(1)} endings each; of one role at most ${fastest} within a second`,
    ],
    figures: { p50Ms: p50, p99Ms: p99, lostCount: lost, endingsCount: total, writesInASecondCount: fastest },
  };
}
