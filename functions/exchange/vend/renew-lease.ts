import { RENEWAL_SECONDS } from "../../../contract/limits.ts";
import { type IssuedLease, issueSessions } from "../../connectors/aws/issue-sessions.ts";
import type { PlannedLease } from "../../connectors/aws/plan-leases.ts";
import { brand } from "../../core/brand.ts";
import { nextEvent } from "../../core/journal/event.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { mayBeAlive, renewedOver } from "../../core/revocation/role-entry.ts";
import type { Session } from "../../core/tasks/sessions.ts";
import { isLive, type SessionLease, type Task } from "../../core/tasks/task.ts";
import type { Attempt } from "../../core/while-contended.ts";
import { type BelievedTask, believeTask, sealTask } from "../../steps/tasks/believe-task.ts";
import { changeBelieved } from "../../steps/tasks/change-task.ts";
import type { Grants } from "../../steps/tasks/grants.ts";
import { grantsNow } from "../../steps/tasks/grants-now.ts";
import { readLineage } from "../../steps/tasks/read-lineage.ts";
import { refuseHaltedAccounts, refuseKnownHalt } from "../../steps/tasks/refuse-halted.ts";
import { sealedSessionReads } from "../../steps/tasks/session-reads.ts";
import { admitToRoles } from "./admit-to-roles.ts";
import { leaseFacts } from "./lease-facts.ts";
import { planNow } from "./plan-now.ts";
import { proveSessions } from "./prove-sessions.ts";
import { refuseHeld, takingOf } from "./take-labels.ts";

declare const recorded: unique symbol;

/** Time for which a renewal waits for a concurrent issue; seconds. STS and the record take less, if they answer at all. */
const ISSUING_SECONDS = 3;

/** Recorded lease under a new fence, with a session that is not handed out yet; or a lease that this process handed out just now. */
export interface RenewedLease {
  readonly [recorded]: true;
  readonly task: BelievedTask;
  readonly leases: readonly IssuedLease[];
}

export type RenewNeeds = Pick<
  SealingPorts,
  | "deployment"
  | "policies"
  | "clock"
  | "random"
  | "pause"
  | "agents"
  | "tasks"
  | "sessions"
  | "sessionLock"
  | "personTags"
  | "recent"
  | "panics"
  | "pauses"
  | "accountHalts"
  | "loads"
  | "seals"
  | "recordKey"
  | "catalogue"
  | "proofs"
  | "approvals"
  | "consents"
  | "acceptances"
  | "conditions"
  | "holds"
  | "log"
  | "renews"
>;

/**
 * Issues fresh credentials for a lease of a live task. As when a task is opened, records the issue first (I6). Then reads the task again with everything
 * that it depends on (I5). Retries while others change the task or issue the same lease.
 * @param mayFollow true for a repeated request: the lease may be issued again right after an issue. Each repeat uses up one of the task's few tokens, and
 * another process may have given the first answer.
 * @throws {Refusal} lease_unknown, renewed_too_soon, contended, halted, label_conflict, role_full, task_ended, agent_inactive, agent_changed, session_policy_unproven, session_policy_unknown,
 * intent_too_large, and outages.
 */
export async function renewLease(
  task: BelievedTask,
  name: string,
  grants: Grants,
  ports: RenewNeeds,
  mayFollow = false,
): Promise<RenewedLease> {
  refuseKnownHalt(ports);
  return changeBelieved(task, (current, attempt) => renewOnce(current, name, grants, mayFollow, attempt, ports), ports);
}

async function renewOnce(
  task: BelievedTask,
  name: string,
  grants: Grants,
  mayFollow: boolean,
  { number, isLast }: Attempt,
  ports: RenewNeeds,
): Promise<RenewedLease> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const lease = task.leases.find((known) => known.name === name);
  if (!lease) throw new Refusal("lease_unknown");
  const reads = await sealedSessionReads(task, ports);
  const next = (await planNow(task, grants, reads, ports)).find(({ lease }) => lease.name === name);
  if (!next) throw new Refusal("lease_unknown");
  const planned = { ...next, lease: renewedOver(lease, next.lease) };

  const session = recentSession(task, lease, { mayWait: !isLast, mayFollow }, ports);
  if (session) return brand<RenewedLease>({ task, leases: [{ lease, policy: planned.policy, session }] });

  // After the fence, the task's name may have left the role's revocation policy, so the task is counted again.
  if (!mayBeAlive(lease, nowSeconds)) await admitToRoles(task, [planned], ports);

  const event = nextEvent(task.chain, task.path, "lease.renewed", ports.clock.nowMs(), {
    agent: task.agent,
    bundle: ports.policies.hash,
    policies: grants.policies,
    labels: grants.labels.length > 0 ? grants.labels : undefined,
    lease: {
      ...leaseFacts(planned),
      // The record has the latest key only; the journal has every key, by this field and by the ending's event.
      replaces_access_key_id: lease.accessKeyId,
    },
  });
  const recording = recordRenewal(task, planned, event, grants, ports);
  // STS is called while the renewal is recorded. After a first conflict, STS is called afterwards, so that no further failed attempt costs a session.
  if (number > 1) await recording;
  const [issued, renewed, proven] = await Promise.allSettled([
    issueSessions(task, [planned], ports),
    recording,
    proveSessions(task, [planned], reads, grants, ports),
  ]);
  if (renewed.status === "rejected") throw renewed.reason;
  if (proven.status === "rejected") throw proven.reason;
  if (issued.status === "rejected") throw issued.reason;
  const { task: current, grants: now } = renewed.value;
  if (now !== grants) await proveSessions(task, [planned], reads, now, ports);
  return brand<RenewedLease>({ task: current, leases: issued.value });
}

/**
 * Finds the session that this process handed out for the lease less than ten seconds ago. Returns undefined where the lease may be issued again.
 * @throws {Refusal} contended while the lease is being issued to another request, so that the caller retries; renewed_too_soon where another process
 * handed it out.
 */
export function recentSession(
  task: Task,
  lease: SessionLease,
  { mayWait, mayFollow }: { readonly mayWait: boolean; readonly mayFollow: boolean },
  ports: Pick<RenewNeeds, "clock" | "recent">,
): Session | undefined {
  const sinceSeconds = ports.clock.nowMs() / 1_000 - lease.startedAt;
  if (sinceSeconds >= RENEWAL_SECONDS) return undefined;
  const session = ports.recent.find(task.path, lease);
  if (session) return session;
  if (lease.state === "issuing" && mayWait && sinceSeconds < ISSUING_SECONDS) throw new Refusal("contended");
  if (lease.state === "issued" && mayFollow) return undefined;
  throw new Refusal("renewed_too_soon", { retryAfterSeconds: Math.ceil(RENEWAL_SECONDS - sinceSeconds) });
}

async function recordRenewal(
  task: BelievedTask,
  planned: PlannedLease,
  event: ReturnType<typeof nextEvent>,
  grants: Grants,
  ports: RenewNeeds,
): Promise<{ readonly task: BelievedTask; readonly grants: Grants }> {
  const { lease } = planned;
  const taking = takingOf(grants, task, { sessions: [planned], connected: [] }, ports);
  await ports.tasks.renew(await sealedInPlace(task, lease, ports), lease, event, taking.holds);
  const [own, current] = await Promise.all([
    ports.tasks.read(task.path),
    grantsNow(grants, ports),
    readLineage(task, ports, grants.agents),
    refuseHaltedAccounts([lease], ports),
    // A hold of its own stays where this refuses: others may share it, and it ends with the fence.
    refuseHeld(taking, ports),
  ]);
  const ended = new Refusal("task_ended");
  if (!own || !isLive(own, ports.clock.nowMs() / 1_000)) throw ended;
  return { task: await believeTask(own, ports, ended), grants: current };
}

/** Seals the task again where the role of its lease has changed, as after the pool of roles has shrunk. */
async function sealedInPlace(task: BelievedTask, lease: SessionLease, ports: RenewNeeds): Promise<BelievedTask> {
  const before = task.leases.find(({ name }) => name === lease.name);
  if (before?.role === lease.role) return task;
  return sealTask({ ...task, leases: task.leases.map((each) => (each === before ? lease : each)) }, ports);
}
