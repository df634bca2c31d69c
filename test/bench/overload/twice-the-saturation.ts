import { BenchAgent } from "../cloud/bench-agent.ts";
import { type BenchCloud, startBenchCloud } from "../cloud/bench-cloud.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { percentile, sum } from "../statistics.ts";
import { type Load, openLoop } from "./open-loop.ts";

/** Rates of vends per second, tried one by one until the rate exceeds the goodput. */
const RATES = [1, 2, 3, 4, 6, 9, 13, 19, 28, 42, 63, 94];
const SECONDS = 6;
/** A request for a task waits two seconds for a place before it is refused (`functions/http/shed.ts`). */
const TARGET = { ratio: 0.8, refusedMs: 2_400 };

/**
 * Measures the goodput at twice the rate of saturation, which the same run finds. Measures too how soon the other
 * requests are refused.
 */
export async function twiceTheSaturation({ say, workDir }: Run): Promise<readonly Row[]> {
  const cloud = await startBenchCloud({ workDir, isTapped: false, taskRoles: 8 });
  try {
    const agent = await BenchAgent.register(cloud, "reporter", { live_tasks: 1_000, tasks_per_minute: 6_000 });
    await loaded(cloud, agent, 2);
    const best = await saturation(cloud, agent, say);
    const twice = await loaded(cloud, agent, best.perSecond * 2);
    say(loadInWords(twice));
    return [rowOf(best, twice)];
  } finally {
    await cloud.close();
  }
}

async function loaded(cloud: BenchCloud, agent: BenchAgent, perSecond: number): Promise<Load> {
  const tokens = await Promise.all(Array.from({ length: perSecond * SECONDS }, () => agent.token()));
  const load = await openLoop(agent, perSecond, SECONDS, tokens);
  await cloud.settled();
  return load;
}

/** Finds the load with the highest goodput. Stops at a rate at which less than nine tenths succeed. */
async function saturation(cloud: BenchCloud, agent: BenchAgent, say: Run["say"]): Promise<Load> {
  let best: Load | undefined;
  for (const rate of RATES) {
    const load = await loaded(cloud, agent, rate);
    say(loadInWords(load));
    if (best === undefined || load.goodputPerSecond > best.goodputPerSecond) best = load;
    if (load.goodputPerSecond < rate * 0.9) break;
  }
  if (best === undefined) throw new Error("no rate was tried");
  return best;
}

const loadInWords = ({ perSecond, goodputPerSecond, goodMs, refusedMs, bad }: Load): string =>
  `${perSecond}/s: ${goodputPerSecond.toFixed(1)}/s given (p99 ${p99(goodMs).toFixed(0)} ms), ${refusedMs.length} refused (p99 ${p99(refusedMs).toFixed(0)} ms), others ${JSON.stringify(bad)}`;

function rowOf(best: Load, twice: Load): Row {
  const ratio = twice.goodputPerSecond / best.goodputPerSecond;
  const refusedMs = p99(twice.refusedMs);
  const others = sum(Object.values(twice.bad));
  return {
    name: "vends given at twice the saturation",
    measured: `${(ratio * 100).toFixed(0)} % of the best, refusals p99 ${refusedMs.toFixed(0)} ms, ${others} answered otherwise`,
    target: "80 % of the best, the others 429 or 503 with Retry-After within 2.4 s",
    verdict: verdict(ratio >= TARGET.ratio && refusedMs <= TARGET.refusedMs && others === 0),
    notes: [
      `best: ${loadInWords(best)}`,
      `twice: ${loadInWords(twice)}`,
      "open loop; each vend is completed; AWS is embedded in the same process",
    ],
    figures: {
      ratio,
      bestPerSecond: best.goodputPerSecond,
      twicePerSecond: twice.goodputPerSecond,
      refusedP99Ms: refusedMs,
      givenP99Ms: p99(twice.goodMs),
      others,
    },
  };
}

/** Computes p99; 0 for no values. */
const p99 = (milliseconds: readonly number[]): number =>
  milliseconds.length === 0 ? 0 : percentile(milliseconds, 0.99);
