import { setTimeout as sleep } from "node:timers/promises";
import type { BenchAgent, Vended } from "../cloud/bench-agent.ts";

/** Outcome of requests at a fixed rate, which do not wait for earlier answers. */
export interface Load {
  readonly perSecond: number;
  /** Vends that returned credentials in time, per second of the load. */
  readonly goodputPerSecond: number;
  /** Durations of these vends; milliseconds. */
  readonly goodMs: readonly number[];
  /** Durations until a 429 or a 503 with Retry-After; milliseconds. */
  readonly refusedMs: readonly number[];
  /** Counts of other outcomes: no Retry-After, a time-out, another status. */
  readonly bad: Readonly<Record<string, number>>;
}

/** Time-out of a caller; milliseconds. */
const TIMEOUT_MS = 10_000;

/** Sends requests at a fixed rate. @param tokens one for each request, made beforehand: their cost is not measured. */
export async function openLoop(
  agent: BenchAgent,
  perSecond: number,
  seconds: number,
  tokens: readonly string[],
): Promise<Load> {
  const [goodMs, refusedMs]: [number[], number[]] = [[], []];
  const bad: Record<string, number> = {};
  const count = (what: string): void => {
    bad[what] = (bad[what] ?? 0) + 1;
  };
  const one = async (token: string): Promise<void> => {
    const beganAtMs = performance.now();
    try {
      const answer = await agent.tryVend(token, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      const tookMs = performance.now() - beganAtMs;
      if (answer.status === 200) goodMs.push(tookMs);
      else if ((answer.status === 429 || answer.status === 503) && answer.headers.has("retry-after"))
        refusedMs.push(tookMs);
      else count(String(answer.status));
      const body = (await answer.json()) as Vended;
      // Each task is ended, so that the number of live tasks stays constant.
      if (answer.status === 200) await agent.complete(body);
    } catch (error) {
      count(error instanceof Error ? error.name : "unknown");
    }
  };
  const requests: Promise<void>[] = [];
  const beganAtMs = performance.now();
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const waitMs = beganAtMs + (index * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    requests.push(one(tokens[index] ?? ""));
  }
  await Promise.all(requests);
  const tookSeconds = Math.max(seconds, (performance.now() - beganAtMs) / 1_000);
  return { perSecond, goodputPerSecond: goodMs.length / tookSeconds, goodMs, refusedMs, bad };
}
