import { anchorKey } from "../core/archive/anchor.ts";
import type { ArchiveStore } from "../core/archive/archive-store.ts";
import { hourOf, type IssuerKeys } from "../core/archive/issuer-key.ts";
import { reasonOf } from "../core/refusal.ts";
import { type ArchivePorts, integrate } from "./integrate.ts";

/** Time after which a run begins no further step; milliseconds. The function's time-out leaves room for one more step. */
const LAST_STEP_MS = 30_000;

/** Ports of a run, beside those of its steps. */
export interface RunPorts extends ArchivePorts {
  /** Witness of the checkpoints, where there is one. */
  readonly anchor?: Pick<ArchiveStore, "putNew"> | undefined;
  /** Reads the keys of people's issuers; absent where nobody votes. */
  readonly readIssuerKeys?: IssuerKeys;
}

/**
 * Integrates waiting batches, step by step, until none is left or the next minute's run is near. Then puts the hour's checkpoint at the witness. If that
 * place cannot be reached, an alarm rings, and the log goes on. The next checkpoint covers everything before it.
 */
export async function archive(ports: RunPorts): Promise<void> {
  const begunAtMs = ports.clock.nowMs();
  await readKeysOfHour(ports);
  let note: string | undefined;
  while (ports.clock.nowMs() - begunAtMs < LAST_STEP_MS) {
    const step = await integrate(ports);
    note = step.note;
    if (step.added === 0) break;
  }
  if (note !== undefined) await anchorHour(note, ports);
}

/**
 * Reads the keys of people's issuers once in each hour. The archive signs the log and can write anything into it, so
 * that no other function has to be trusted for these keys. A key that cannot be read blocks nothing.
 */
async function readKeysOfHour(ports: RunPorts): Promise<void> {
  const { readIssuerKeys, clock, issuerKeys } = ports;
  const atMs = hourOf(clock.nowMs());
  if (!readIssuerKeys || issuerKeys?.atMs === atMs) return;
  ports.issuerKeys = { keys: await readIssuerKeys(), atMs };
}

async function anchorHour(note: string, { anchor, known, origin, clock, log }: RunPorts): Promise<void> {
  const key = anchorKey(origin, clock.nowMs());
  if (!anchor || known.has(key)) return;
  try {
    await anchor.putNew(key, Buffer.from(note));
    known.add(key);
  } catch (error) {
    log.write({ level: "warn", event: "anchor_failed", what: key, why: reasonOf(error) });
  }
}
