import type { ArchiveStore } from "../core/archive/archive-store.ts";
import { batchOf } from "../core/archive/batch.ts";
import type { ArchivedEvent } from "../core/archive/entry.ts";
import type { Clock, Log } from "../core/ports.ts";

/** Ports of the collector. */
export interface CollectPorts {
  readonly store: Pick<ArchiveStore, "putNew">;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Puts events as one batch into the archive's folder of what comes in. It orders nothing and signs nothing. A failure has the records delivered again.
 */
export async function collect(events: readonly ArchivedEvent[], { store, clock, log }: CollectPorts): Promise<void> {
  if (events.length === 0) return;
  const { key, body } = batchOf(events, clock.nowMs());
  await store.putNew(key, body);
  log.write({ level: "info", event: "collected", events: events.length });
}
