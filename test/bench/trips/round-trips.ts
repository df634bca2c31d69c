import { BenchAgent } from "../cloud/bench-agent.ts";
import { type BenchCloud, startBenchCloud } from "../cloud/bench-cloud.ts";
import type { WireCall } from "../cloud/wire-tap.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median } from "../statistics.ts";
import { roundTripsBetween, stepsOf } from "./critical-path.ts";

const [NEAR_MS, FAR_MS] = [20, 220];
const SAMPLES = 5;
const TARGET = { path: 3, sts: 1 };

/** Counts the round trips to AWS of a warm vend on the wire, and confirms the number by a delay. */
export async function roundTrips({ say, workDir }: Run): Promise<readonly Row[]> {
  const cloud = await startBenchCloud({ workDir });
  try {
    const agent = await BenchAgent.register(cloud, "reporter");
    await agent.vend();
    say(`${2 * SAMPLES} vends with AWS ${NEAR_MS} and ${FAR_MS} ms away`);
    const samples: { near: Sample; far: Sample }[] = [];
    for (let index = 0; index < SAMPLES; index += 1) {
      samples.push({ near: await vendAt(NEAR_MS, agent, cloud), far: await vendAt(FAR_MS, agent, cloud) });
    }
    return [rowOf(samples)];
  } finally {
    cloud.tap.delayMs = 0;
    await cloud.close();
  }
}

interface Sample {
  readonly delayMs: number;
  readonly tookMs: number;
  readonly calls: readonly WireCall[];
}

async function vendAt(delayMs: number, agent: BenchAgent, cloud: BenchCloud): Promise<Sample> {
  const { tap } = cloud;
  tap.delayMs = delayMs;
  tap.calls.length = 0;
  const beganAtMs = performance.now();
  await agent.vend();
  const tookMs = performance.now() - beganAtMs;
  tap.delayMs = 0;
  // The work of the stream and the queue does not count, since no request waits for it.
  const calls = tap.calls.filter(({ accessKeyId }) => cloud.functionOf(accessKeyId) === "exchange");
  await cloud.settled();
  return { delayMs, tookMs, calls };
}

function rowOf(samples: readonly { readonly near: Sample; readonly far: Sample }[]): Row {
  const path = median(samples.map(({ near, far }) => roundTripsBetween(near, far)));
  const calls = samples.at(-1)?.far.calls ?? [];
  const sts = calls.filter(({ service }) => service === "sts").length;
  const steps = stepsOf(calls, FAR_MS);
  const texts = steps.map((step) => step.map(({ service, operation }) => `${service}:${operation}`).join(" | "));
  return {
    name: "AWS round trips on the critical path of one vend, warm",
    measured: `${path.toFixed(2)} in a row, ${sts} of STS beside the first`,
    target: "1 STS beside 2 DynamoDB, then 1 DynamoDB",
    verdict: verdict(
      path < TARGET.path + 0.25 && sts === TARGET.sts && steps[0]?.some(({ service }) => service === "sts") === true,
    ),
    notes: [
      texts.join(", then "),
      `${calls.length} calls in all; each added millisecond of distance (${NEAR_MS} to ${FAR_MS} ms) costs a vend ${path.toFixed(2)} ms, so ${path.toFixed(0)} calls wait for one another`,
    ],
    figures: { roundTrips: path, stsCalls: sts, calls: calls.length },
  };
}
