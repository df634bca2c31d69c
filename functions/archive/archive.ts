import { anchorKey } from "../core/archive/anchor.ts";
import type { ArchiveStore } from "../core/archive/archive-store.ts";
import { reasonOf } from "../core/refusal.ts";
import { type ArchivePorts, integrate } from "./integrate.ts";

/** Time after which a run begins no further step; milliseconds. The time-out of the function leaves room for one more. */
const LAST_STEP_MS = 30_000;

/** Ports of a run, beside those of its steps. */
export interface RunPorts extends ArchivePorts {
  /** Second place of the checkpoints, where there is one. */
  readonly anchor?: Pick<ArchiveStore, "putNew"> | undefined;
}

/**
 * Integrates what has come in, step by step, until nothing waits or the next minute's run is near. Then puts the hour's checkpoint at the second place;
 * a place that cannot be reached rings and never stops the log, since the next checkpoint covers everything before it.
 */
export async function archive(ports: RunPorts): Promise<void> {
  const begunAtMs = ports.clock.nowMs();
  let note: string | undefined;
  while (ports.clock.nowMs() - begunAtMs < LAST_STEP_MS) {
    const step = await integrate(ports);
    note = step.note;
    if (step.added === 0) break;
  }
  if (note !== undefined) await anchorHour(note, ports);
}

async function anchorHour(note: string, { anchor, kept, origin, clock, log }: RunPorts): Promise<void> {
  const key = anchorKey(origin, clock.nowMs());
  if (!anchor || kept.has(key)) return;
  try {
    await anchor.putNew(key, Buffer.from(note));
    kept.add(key);
  } catch (error) {
    log.write({ level: "warn", event: "anchor_failed", what: key, why: reasonOf(error) });
  }
}
