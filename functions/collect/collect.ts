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

/** Events of one invocation. */
export interface Collected {
  readonly events: readonly ArchivedEvent[];
  /** Tokens by which people signed. */
  readonly tokens: readonly string[];
  /** First uses that tasks made of actions. Only a SIEM gets them: the archive holds decisions. */
  readonly uses: readonly FirstUse[];
  /** Time at which the first event was put into the table; epoch milliseconds. */
  readonly sinceMs: number;
}

/** Time for which the archive waits for a failing bus, or a failing key of proofs; milliseconds. An alarm of the archive rings after three minutes. */
const PATIENCE_MS = 120_000;

/**
 * Sends events to other systems, and stores the tokens of votes as proofs. Puts the events as one batch into the archive's folder of incoming batches. Orders
 * and signs nothing. After a failure, the records are delivered again.
 */
export async function collect(collected: Collected, ports: CollectPorts): Promise<void> {
  const { events } = collected;
  const { store, clock, log } = ports;
  // First, so that a second attempt adds no second batch to the archive.
  await putSiem(collected, ports);
  await putProofs(collected, ports);
  if (events.length === 0) return;
  const { key, body } = batchOf(events, clock.nowMs());
  await store.putNew(key, body);
  log.write({ level: "info", event: "collected", events: events.length });
}

/**
 * Stores each token under its own hash, where nothing is replaced. A disabled or deleted key, as after an erasure of all proofs, must not block the
 * events. After two minutes the tokens are left out, with an error in the log, and are in the table alone.
 */
async function putProofs({ tokens, sinceMs }: Collected, { proofs, clock, log }: CollectPorts): Promise<void> {
  if (tokens.length === 0) return;
  const results = await Promise.allSettled(
    tokens.map((token) => Buffer.from(token)).map((token) => proofs.putNew(proofKey(sha256Of(token)), token)),
  );
  const reasons = results.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  if (reasons.length === 0) return;
  if (clock.nowMs() - sinceMs < PATIENCE_MS) throw reasons[0];
  log.write({ level: "error", event: "proofs_not_kept", tokens: reasons.length, why: reasonOf(reasons[0]) });
}

/** Sends events to the SIEM's bus. After two minutes of failures, leaves them out and logs an error, so that the archive gets its events. */
async function putSiem({ events, uses, sinceMs }: Collected, { siem, clock, log }: CollectPorts): Promise<void> {
  const count = events.length + uses.length;
  if (!siem || count === 0) return;
  try {
    await siem.put([...events.map((event) => ocsfOf(event, siem)), ...uses.map((use) => ocsfOfUse(use, siem))]);
  } catch (error) {
    if (clock.nowMs() - sinceMs < PATIENCE_MS) throw error;
    log.write({ level: "error", event: "siem_not_told", events: count, why: reasonOf(error) });
  }
}
