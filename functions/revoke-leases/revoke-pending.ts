import { revokeLease } from "../connectors/revoke-lease.ts";
import { type Connectors, connectorOf } from "../core/connectors/connector.ts";
import { nextEvent } from "../core/journal/event.ts";
import type { Clock, Log } from "../core/ports.ts";
import type { ConnectorLease } from "../core/tasks/connector-lease.ts";
import type { PendingRevocations } from "../core/tasks/pending-revocation.ts";
import { dueSince, type LeaseRef } from "../core/tasks/pending-revocation.ts";
import type { Tasks } from "../core/tasks/tasks.ts";
import { whileContended, withoutPause } from "../core/while-contended.ts";

export interface RevokePendingPorts {
  readonly tasks: Pick<Tasks, "read" | "recordRevoked">;
  readonly pendingRevocations: Pick<PendingRevocations, "read" | "forget">;
  readonly connectors: Connectors;
  readonly clock: Clock;
  readonly log: Log;
}

/** `done`: nothing is left to do now. `not_revoked`: the revocation failed. `notBefore`: the credential may be valid until then; epoch seconds. */
export type PendingOutcome = "done" | "not_revoked" | { readonly notBefore: number };

/** Attempts to write the record, while the task changes at the same time. */
const ATTEMPTS = 8;

/**
 * Revokes a credential at its provider, and then records that. May be repeated. Revokes only credentials that are due: no message in the queue, whoever sent
 * it, affects a live task's credential. A credential that could not be revoked stays in the list, and is retried each minute.
 * @throws {Refusal} contended, store_unavailable.
 */
export async function revokePending(ref: LeaseRef, ports: RevokePendingPorts): Promise<PendingOutcome> {
  const [record, task] = await Promise.all([ports.pendingRevocations.read(ref), ports.tasks.read(ref.path)]);
  if (!record) return "done";
  const { lease } = record;
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const since = dueSince(record, task, nowSeconds);
  if (since === undefined) return { notBefore: lease.expiresAt };
  const outcome = await revokeLease(lease, connectorOf(lease.type, ports.connectors), nowSeconds);
  if (outcome === "revoked") await recordRevoked(lease, ports);
  ports.log.write({
    level: outcome === "failed" ? "error" : "info",
    event: outcome === "revoked" ? "lease_revoked" : "lease_not_revoked",
    outcome,
    task: ref.path,
    lease: ref.name,
    type: lease.type,
    // Counted from the credential's own expiry too: if the sweep ended the task late, the credential is as late.
    late_seconds: Math.max(0, Math.floor(nowSeconds - Math.min(since, lease.expiresAt))),
  });
  return outcome === "revoked" ? "done" : "not_revoked";
}

async function recordRevoked(lease: ConnectorLease, ports: RevokePendingPorts): Promise<void> {
  return whileContended(async ({ number }) => {
    // The record is complete if somebody else has recorded the revocation, or if the lease was issued anew.
    if (number > 1 && !(await isStill(lease, ports))) return;
    const task = await ports.tasks.read(lease.path);
    if (!task) return ports.pendingRevocations.forget(lease);
    const event = nextEvent(task.chain, lease.path, "lease.revoked", ports.clock.nowMs(), {
      agent: task.agent,
      name: lease.name,
      type: lease.type,
      made: lease.made,
    });
    await ports.tasks.recordRevoked(task, lease, event);
  }, withoutPause(ATTEMPTS));
}

async function isStill(
  lease: ConnectorLease,
  { pendingRevocations }: Pick<RevokePendingPorts, "pendingRevocations">,
): Promise<boolean> {
  const now = await pendingRevocations.read(lease);
  return now?.lease.startedAt === lease.startedAt && now.lease.state === lease.state;
}
