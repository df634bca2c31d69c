import type { NotificationQueue } from "../core/approvals/notification-board.ts";
import type { RecheckQueue } from "../core/conditions/recheck.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { Bus } from "../core/escalation/bus.ts";
import type { Log } from "../core/ports.ts";
import type { Random } from "../core/random.ts";
import { reasonOf } from "../core/refusal.ts";
import type { ProbeQueue, Watched } from "../core/revocation/observation.ts";
import type { RevocationQueue } from "../core/revocation/roles.ts";
import { sampleOf } from "../core/revocation/sample.ts";
import type { Deadlines, LeaseRevocationQueue } from "../core/tasks/pending-revocation.ts";
import { everyRole } from "../steps/tasks/every-role.ts";
import { changesIn, type StreamEvent } from "./changes.ts";

export interface RelayPorts {
  readonly deployment: Pick<Deployment, "accounts" | "receipts">;
  readonly revocationQueue: RevocationQueue;
  readonly leaseRevocationQueue: LeaseRevocationQueue;
  readonly probeQueue: ProbeQueue;
  readonly random: Random;
  readonly deadlines: Deadlines;
  readonly notificationQueue: NotificationQueue;
  readonly recheckQueue: RecheckQueue;
  readonly bus: Bus;
  readonly log: Log;
}

/**
 * Sends each change of a batch to the function that acts on it, once for the whole batch:
 * - roles in which an ended task had a session, or every role after a halt: to the revocation queue;
 * - credentials that a connector issued for an ended task: to the lease revocation queue;
 * - deadlines of credentials that a connector is about to issue: to the deadline queue;
 * - tasks whose timer DynamoDB has removed, which the sweep should have ended: to the bus, as overdue;
 * - requests for approval: to the queue of `notify`;
 * - conditions that were tightened: to the queue of `recheck`;
 * - a sample of the endings: to the probe queue, best effort.
 * A changed or removed event of a journal is logged as an error, and an alarm rings. Delivery is at least once: a failure retries the batch.
 */
export async function relay(event: StreamEvent, ports: RelayPorts): Promise<void> {
  const { tampered, endings, isHalt, ended, leases, overdue, deadlines, isAsked, rechecks, ...changes } =
    changesIn(event);
  const { deployment, revocationQueue, leaseRevocationQueue, bus, log } = ports;
  for (const item of tampered) log.write({ level: "error", event: "journal_changed", ...item });
  const roles = isHalt ? everyRole(deployment) : changes.roles;
  const watched = sampleOf(ended, deployment, ports.random);
  if (roles.length > 0) await Promise.all([revocationQueue.send(roles), sendProbes(watched, ports)]);
  if (leases.length > 0) await leaseRevocationQueue.send(leases);
  if (overdue.length > 0)
    await bus.put(overdue.map((task) => ({ type: "task.end", task, reason: "overdue" }) as const));
  if (rechecks.length > 0) await ports.recheckQueue.send(rechecks);
  // Sent last: endings must not wait for deadlines, which lie in the future.
  if (deadlines.length > 0) await ports.deadlines.set(deadlines);
  if (isAsked) await wakeNotify(ports);
  if (roles.length + leases.length + overdue.length + deadlines.length + rechecks.length === 0) return;
  log.write({
    level: "info",
    event: "relayed",
    endings,
    roles: new Set(roles.map(({ account, role }) => `${account}/${role}`)).size,
    lease_revocations: leases.length,
    watched: watched.length,
    overdue: overdue.length,
    deadlines: deadlines.length,
    rechecks: rechecks.length,
  });
}

/** Sends probes, beside the roles: AWS has to answer a probe once before the policy takes effect. Best effort. */
async function sendProbes(watched: readonly Watched[], { probeQueue, log }: RelayPorts): Promise<void> {
  if (watched.length === 0) return;
  try {
    await probeQueue.send(watched);
  } catch (error) {
    log.write({ level: "error", event: "probes_not_sent", why: reasonOf(error) });
  }
}

/** Wakes `notify`. Best effort, since `notify` also runs each minute. */
async function wakeNotify({ notificationQueue, log }: RelayPorts): Promise<void> {
  try {
    await notificationQueue.wake();
  } catch (error) {
    log.write({ level: "error", event: "notify_not_woken", why: reasonOf(error) });
  }
}
