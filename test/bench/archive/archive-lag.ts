import { setTimeout as pause } from "node:timers/promises";
import { CHECKPOINT } from "../../../functions/core/archive/archive-keys.ts";
import { parseCheckpoint } from "../../../functions/core/archive/checkpoint.ts";
import { parseEntry } from "../../../functions/core/archive/entry.ts";
import { entriesOf, TILE_WIDTH, tileKey } from "../../../functions/core/archive/tiles.ts";
import { COLLECT_WINDOW_SECONDS } from "../../../infra/constructs/stores/archive.ts";
import { BenchAgent } from "../cloud/bench-agent.ts";
import { type BenchCloud, startBenchCloud } from "../cloud/bench-cloud.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { percentile } from "../statistics.ts";

/** Longest time from an event's write until a signed checkpoint contains the event; seconds. */
const TARGET_SECONDS = 60;

/** Time for which Lambda gathers records of the stream before it invokes; milliseconds. */
const WINDOW_MS = COLLECT_WINDOW_SECONDS * 1_000;

/** Pause between two reads of the checkpoint; milliseconds. */
const LOOK_MS = 200;

/** Measures the time from an event to its place in the signed log, with the stack's own schedule and window. */
export async function archiveLag({ say, workDir, minutes }: Run): Promise<readonly Row[]> {
  const cloud = await startBenchCloud({ workDir, isTapped: false, hasRules: true, collectsAfterMs: WINDOW_MS });
  try {
    const agent = await BenchAgent.register(cloud, "archived");
    // The rules fire first after a minute.
    const sinceMs = Date.now() + 60_000;
    const untilMs = sinceMs + minutes * 60_000;
    say(`a task about each second for ${minutes} minutes, and a look at the checkpoint each ${LOOK_MS} ms`);
    const watch = new LogWatch(cloud);
    const looking = (async () => {
      // The watch is long enough for late events, too.
      while (Date.now() < untilMs + TARGET_SECONDS * 1_000 + WINDOW_MS) {
        watch.look();
        await pause(LOOK_MS);
      }
    })();
    while (Date.now() < untilMs) {
      // A busy machine refuses some vends. Refusals are events too.
      await agent
        .vend()
        .then((vended) => agent.complete(vended))
        .catch(() => undefined);
      await pause(Math.random() * 2_000);
    }
    await looking;
    const lags = watch.lagsOf(sinceMs, untilMs);
    const [p50, p99, most] = [percentile(lags, 0.5), percentile(lags, 0.99), Math.max(...lags)];
    return [
      {
        name: "event to signed checkpoint",
        measured: `p50 ${p50.toFixed(1)} s, p99 ${p99.toFixed(1)} s, longest ${most.toFixed(1)} s`,
        target: `<= ${TARGET_SECONDS} s`,
        verdict: verdict(most <= TARGET_SECONDS),
        notes: [
          `of ${lags.length} events; the stream is read in windows of ${COLLECT_WINDOW_SECONDS} s, as deployed, and without AWS's own delay`,
        ],
        figures: { p50Seconds: p50, p99Seconds: p99, longestSeconds: most },
      },
    ];
  } finally {
    await cloud.close();
  }
}

/** Reader of the log, which reads the bucket repeatedly. */
class LogWatch {
  readonly #hub: ReturnType<BenchCloud["aws"]["admin"]>;
  readonly #bucket: string;
  readonly #seen: { readonly atMs: number; readonly lagSeconds: number }[] = [];

  constructor({ aws, scope }: BenchCloud) {
    this.#hub = aws.admin(scope.account);
    this.#bucket = scope.archiveBucket;
  }

  /** Records the events that the newest checkpoint contains for the first time. */
  look(): void {
    const note = this.#hub.getObject(this.#bucket, CHECKPOINT)?.body.toString("utf8") ?? "";
    const size = parseCheckpoint(note.slice(0, note.indexOf("\n\n") + 1))?.size ?? 0;
    const nowMs = Date.now();
    for (let index = this.#seen.length; index < size; index += 1) {
      const bundle = Math.floor(index / TILE_WIDTH);
      const key = tileKey("entries", bundle, Math.min(TILE_WIDTH, size - bundle * TILE_WIDTH));
      const entry = entriesOf(this.#hub.getObject(this.#bucket, key)?.body ?? Buffer.alloc(0))?.[index % TILE_WIDTH];
      const atMs = entry && parseEntry(entry)?.at;
      if (atMs === undefined) throw new Error(`entry ${index} is not in the log`);
      this.#seen.push({ atMs, lagSeconds: (nowMs - atMs) / 1_000 });
    }
  }

  /** Lags of the events between two moments; seconds. */
  lagsOf(sinceMs: number, untilMs: number): readonly number[] {
    return this.#seen.filter(({ atMs }) => atMs >= sinceMs && atMs <= untilMs).map(({ lagSeconds }) => lagSeconds);
  }
}
