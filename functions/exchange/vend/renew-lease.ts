import { type IssuedLease, issueSessions } from "../../connectors/aws/issue-sessions.ts";
import { planLeases } from "../../connectors/aws/plan-leases.ts";
import { linkEvent } from "../../core/journal/event.ts";
import { made } from "../../core/made.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { mayBeAlive, renewedOver } from "../../core/revocation/role-entry.ts";
import type { Session } from "../../core/tasks/sessions.ts";
import { isLive, type Lease, RENEWAL_SECONDS, type Task } from "../../core/tasks/task.ts";
import type { Attempt } from "../../core/while-contended.ts";
import { type BelievedTask, believeTask, sealTask } from "../../steps/tasks/believe-task.ts";
import { changeBelieved } from "../../steps/tasks/change-task.ts";
import type { Grants } from "../../steps/tasks/grants.ts";
import { readLineage } from "../../steps/tasks/read-lineage.ts";
import { refuseKnownHalt } from "../../steps/tasks/refuse-halted.ts";
import { admitToRoles } from "./admit-to-roles.ts";
import { sealedSessionReads } from "./issue-connected.ts";
import { proveSessions } from "./prove-sessions.ts";
import { refuseBusySts } from "./refuse-known.ts";

declare const recorded: unique symbol;

/** How long an issue is waited for: longer than STS and the record take, where they answer at all; seconds. */
const ISSUING_SECONDS = 3;

/** A lease under a new fence, recorded, with a session that nobody has been given yet; or one that this process gave out just now. */
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
  | "recent"
  | "panics"
  | "loads"
  | "seals"
  | "signet"
  | "catalogue"
  | "proofs"
  | "log"
>;

/**
 * Fresh credentials for a lease of a live task. Recorded first and read again after, as a vend is, with all that it depends on (I5, I6).
 * While somebody else changes the task at the same moment, or is being issued this very lease, it waits for its turn.
 * @param mayFollow whether it may be issued anew though somebody was issued it a moment ago: a repeated request, of which each takes one of the
 * task's few tokens, and which another process may have been the first to answer.
 * @throws {Refusal} lease_unknown, renewed_too_soon, contended, halted, role_full, task_ended, agent_inactive, agent_changed, session_policy_unproven, intent_too_large,
 * and outages.
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
  const next = planLeases(task, grants.aws, grants.terms, ports.deployment, nowSeconds, reads).find(
    ({ lease }) => lease.name === name,
  );
  if (!next) throw new Refusal("lease_unknown");
  const planned = { ...next, lease: renewedOver(lease, next.lease) };

  const session = recentSession(task, lease, { mayWait: !isLast, mayFollow }, ports);
  if (session) return made<RenewedLease>({ task, leases: [{ lease, policy: planned.policy, session }] });

  refuseBusySts(ports);
  // Its name left the policy some time after its fence: it comes in anew.
  if (!mayBeAlive(lease, nowSeconds)) await admitToRoles(task, [planned], ports);

  const event = linkEvent(task.chain, task.path, "lease.renewed", ports.clock.nowMs(), {
    agent: task.agent,
    bundle: ports.policies.hash,
    policies: grants.policies,
    lease: {
      name,
      account: planned.lease.account,
      role: planned.lease.role,
      fence_at: planned.lease.fenceAt,
      // The record keeps the latest key only; by this and the ending's event the journal names every one.
      replaces_access_key_id: lease.accessKeyId,
    },
  });
  const recording = recordRenewal(task, planned.lease, event, grants, ports);
  // STS beside the record; but where others write too, only once it is written, so that an attempt that fails costs no further session.
  if (number > 1) await recording;
  const [issued, renewed, proven] = await Promise.allSettled([
    issueSessions(task, [planned], ports),
    recording,
    proveSessions(task, [planned], reads, grants, ports),
  ]);
  if (renewed.status === "rejected") throw renewed.reason;
  if (proven.status === "rejected") throw proven.reason;
  if (issued.status === "rejected") throw issued.reason;
  return made<RenewedLease>({ task: renewed.value, leases: issued.value });
}

/**
 * What this process gave out for the lease less than ten seconds ago, or nothing where it may be issued anew.
 * @throws {Refusal} contended where somebody is being issued it right now, and it may be waited for; renewed_too_soon where it was given out elsewhere.
 */
export function recentSession(
  task: Task,
  lease: Lease,
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
  lease: Lease,
  event: ReturnType<typeof linkEvent>,
  { agents }: Grants,
  ports: RenewNeeds,
): Promise<BelievedTask> {
  await ports.tasks.renew(await sealedInPlace(task, lease, ports), lease, event);
  const [own] = await Promise.all([ports.tasks.read(task.path), readLineage(task, ports, agents)]);
  const ended = new Refusal("task_ended");
  if (!own || !isLive(own, ports.clock.nowMs() / 1_000)) throw ended;
  return believeTask(own, ports, ended);
}

/** The task under a seal that says where the lease is: after a pool has shrunk that is another role. */
async function sealedInPlace(task: BelievedTask, lease: Lease, ports: RenewNeeds): Promise<BelievedTask> {
  const before = task.leases.find(({ name }) => name === lease.name);
  if (before?.role === lease.role) return task;
  return sealTask({ ...task, leases: task.leases.map((each) => (each === before ? lease : each)) }, ports);
}
