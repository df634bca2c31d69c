import { PerformanceObserver } from "node:perf_hooks";
import { tokenEndpoint } from "../../../functions/exchange/token-endpoint.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { median, percentile, sum } from "../statistics.ts";
import { bareBaseline } from "./bare-baseline.ts";
import { cpuMs } from "./cpu-time.ts";
import { type VendInMemory, vendInMemory } from "./vend-in-memory.ts";
import { whereItGoes } from "./where-it-goes.ts";

const WARM_UP = 1_000;
const SAMPLES = 3_000;
const [P50_MS, P99_MS] = [1, 5];

/** Measures the CPU time of one warm vend, from the HTTP event to the HTTP answer, without the SDK. */
export async function cpuOfAVend({ say, workDir }: Run): Promise<readonly Row[]> {
  const memory = await vendInMemory(workDir);
  const bare = await bareBaseline(memory);
  say(`${WARM_UP + SAMPLES} vends, each beside the bare libraries`);
  await inTurn(memory, bare, WARM_UP);
  const gcMs: number[] = [];
  const observer = new PerformanceObserver((list) => gcMs.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ entryTypes: ["gc"] });
  const { vends, bares } = await inTurn(memory, bare, SAMPLES);
  await new Promise((resolve) => setImmediate(resolve));
  observer.disconnect();
  say("where it goes");
  const { signatureMs, cedarMs, restMs } = await whereItGoes(memory);

  const [p50, p99] = [median(vends), percentile(vends, 0.99)];
  const ratio = p50 / median(bares);
  return [
    {
      name: "own CPU time of one vend, warm",
      measured: `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
      target: `p50 <= ${P50_MS} ms, p99 <= ${P99_MS} ms`,
      verdict: verdict(p50 <= P50_MS && p99 <= P99_MS),
      notes: [
        "event to answer, 3 pairs, 20 policies, no pattern; real ES256, Cedar, catalogue; the record and STS are fakes in memory",
        `${ratio.toFixed(2)} times the bare libraries on the same input (jose verifies, Cedar decides three times: p50 ${median(bares).toFixed(2)} ms)`,
        `where it goes, p50: signature ${signatureMs.toFixed(2)} ms, Cedar ${cedarMs.toFixed(2)} ms, all else ${restMs.toFixed(2)} ms`,
        `all threads counted; ${gcMs.length} garbage collections in ${vends.length} vends and baselines, ${sum(gcMs).toFixed(0)} ms of ${sum([...vends, ...bares]).toFixed(0)} ms`,
      ],
      figures: { p50Ms: p50, p99Ms: p99, bareMs: median(bares), ratio, signatureMs, cedarMs, restMs },
    },
  ];
}

/** Measures vends and the bare libraries in turn; milliseconds of CPU each. */
export async function inTurn(memory: VendInMemory, bare: (token: string) => Promise<void>, count: number) {
  const [vends, bares]: [number[], number[]] = [[], []];
  for (let index = 0; index < count; index += 1) {
    const [token, other] = [await memory.token(), await memory.token()];
    bares.push(await cpuMs(() => bare(other)));
    const event = memory.event(token);
    let answer = { statusCode: 0, body: "" };
    vends.push(
      await cpuMs(async () => {
        answer = await tokenEndpoint(event, memory.world.ports);
      }),
    );
    if (answer.statusCode !== 200)
      throw new Error(`a vend of the benchmark was answered with ${answer.statusCode}: ${answer.body}`);
    memory.forget();
  }
  return { vends, bares };
}
