import { proofKey } from "../core/archive/archive-keys.ts";
import type { ArchiveStore } from "../core/archive/archive-store.ts";
import { batchOf } from "../core/archive/batch.ts";
import { type ArchivedEvent, sha256Of } from "../core/archive/entry.ts";
import type { Clock, Log } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import { ocsfOf } from "../core/siem/ocsf.ts";
import { type FirstUse, ocsfOfUse } from "../core/siem/ocsf-use.ts";
import type { Siem } from "../core/siem/siem.ts";

/** Ports of the collector. */
export interface CollectPorts {
  readonly store: Pick<ArchiveStore, "putNew">;
  /** The same bucket, with a key of KMS under which no function decrypts. */
  readonly proofs: Pick<ArchiveStore, "putNew">;
  /** Other systems that get each event; undefined where there is none. */
  readonly siem?: Siem | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Events that came together, and the time at which the first of them was put into the table; epoch milliseconds. */
export interface Collected {
  readonly events: readonly ArchivedEvent[];
  /** Tokens by which people signed. */
  readonly tokens: readonly string[];
  /** First uses that tasks made of actions: for a SIEM, and not for the archive, which holds what was decided. */
  readonly uses: readonly FirstUse[];
  readonly sinceMs: number;
}

/** Time for which the archive waits for a bus, or a key for proofs, that does not take what came; milliseconds. An alarm of the archive's rings after three minutes. */
const PATIENCE_MS = 120_000;

/**
 * Tells other systems of events, keeps the tokens of votes as proofs, and puts the events as one batch into the archive's folder of what comes in. It orders nothing and signs nothing. A failure
 * has the records delivered again.
 */
export async function collect(collected: Collected, ports: CollectPorts): Promise<void> {
  const { events } = collected;
  const { store, clock, log } = ports;
  // First, so that a second attempt adds no second batch to the archive.
  await tellSiem(collected, ports);
  await keepProofs(collected, ports);
  if (events.length === 0) return;
  const { key, body } = batchOf(events, clock.nowMs());
  await store.putNew(key, body);
  log.write({ level: "info", event: "collected", events: events.length });
}

/**
 * Puts each token under its own hash, where nothing is replaced. A key that is disabled or gone, as after an erasure of all proofs, does not keep events
 * from the log: after some minutes a token is left out, with an error in the log, and is in the table alone.
 */
async function keepProofs({ tokens, sinceMs }: Collected, { proofs, clock, log }: CollectPorts): Promise<void> {
  if (tokens.length === 0) return;
  const results = await Promise.allSettled(
    tokens.map((token) => Buffer.from(token)).map((token) => proofs.putNew(proofKey(sha256Of(token)), token)),
  );
  const reasons = results.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  if (reasons.length === 0) return;
  if (clock.nowMs() - sinceMs < PATIENCE_MS) throw reasons[0];
  log.write({ level: "error", event: "proofs_not_kept", tokens: reasons.length, why: reasonOf(reasons[0]) });
}

/** Leaves events out, loudly, that the bus does not take for some minutes: what is not in the archive within a day is a gap in the log. */
async function tellSiem({ events, uses, sinceMs }: Collected, { siem, clock, log }: CollectPorts): Promise<void> {
  const count = events.length + uses.length;
  if (!siem || count === 0) return;
  try {
    await siem.put([...events.map((event) => ocsfOf(event, siem)), ...uses.map((use) => ocsfOfUse(use, siem))]);
  } catch (error) {
    if (clock.nowMs() - sinceMs < PATIENCE_MS) throw error;
    log.write({ level: "error", event: "siem_not_told", events: count, why: reasonOf(error) });
  }
}
