import type { NoticeQueue } from "../core/approvals/noticeboard.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { Bus } from "../core/escalation/bus.ts";
import type { Log } from "../core/ports.ts";
import type { Random } from "../core/random.ts";
import { reasonOf } from "../core/refusal.ts";
import type { Watched } from "../core/revocation/observation.ts";
import type { ProbeQueue } from "../core/revocation/probe-sessions.ts";
import type { RevocationQueue } from "../core/revocation/revocation-queue.ts";
import type { RoleRef } from "../core/revocation/role-ref.ts";
import { type Ended, sampleOf } from "../core/revocation/sample.ts";
import { type TaskPath, taskPath } from "../core/task-path.ts";
import type { Deadlines } from "../core/tasks/deadlines.ts";
import type { LeaseDeadline, LeaseRef } from "../core/tasks/pending-revocation.ts";
import type { LeaseRevocationQueue } from "../core/tasks/pending-revocations.ts";
import { ASKING_EVENT, HALTING_EVENTS, TABLE_KEYS } from "../names.ts";
import { everyRole } from "../steps/tasks/every-role.ts";
import { FORGOTTEN, matches, WAKES } from "./wakes.ts";

/**
 * What a DynamoDB stream hands over, as far as it is read: the journal is the outbox, so inserts of its events and removals by TTL are enough, and
 * what is planned that will have to be taken back.
 */
export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}
export interface StreamRecord {
  readonly eventID?: string | undefined;
  readonly eventName?: string | undefined;
  /** Who removed an item, where it was AWS itself; not there otherwise. */
  readonly userIdentity?: { readonly type?: string | undefined; readonly principalId?: string | undefined } | undefined;
  readonly dynamodb?:
    | {
        readonly SequenceNumber?: string | undefined;
        readonly Keys?: Image | undefined;
        readonly NewImage?: Image | undefined;
      }
    | undefined;
}
type Attribute = { readonly S?: string; readonly N?: string; readonly L?: readonly Attribute[]; readonly M?: Image };
type Image = Readonly<Record<string, Attribute | undefined>>;

const HALTING: ReadonlySet<string> = new Set(HALTING_EVENTS);

export interface RelayPorts {
  readonly deployment: Pick<Deployment, "accounts" | "receipts">;
  readonly revocationQueue: RevocationQueue;
  readonly leaseRevocationQueue: LeaseRevocationQueue;
  readonly probeQueue: ProbeQueue;
  readonly random: Random;
  readonly deadlines: Deadlines;
  readonly noticeQueue: NoticeQueue;
  readonly bus: Bus;
  readonly log: Log;
}

/**
 * Sends each change of a batch to those who act on it, each of them once for the whole batch:
 * - roles in which an ended task had a session, or every role after a halt: to the revocation queue;
 * - credentials that a connector issued for it: to the lease revocation queue;
 * - deadlines of credentials that a connector is about to issue: to the deadline queue;
 * - tasks whose timer DynamoDB has removed, which the sweep should have ended: to the bus, as overdue;
 * - requests for approval: to the queue of `notify`;
 * - a sample of the endings: to the probe queue, on best effort; nothing waits for it or fails with it.
 * An event of a journal that was changed or removed is an error in the log, and rings. Delivery is at least once: a failure retries the batch.
 */
export async function relay(event: StreamEvent, ports: RelayPorts): Promise<void> {
  for (const record of event.Records.filter(isTampering)) tellTampering(record, ports);
  const journaled = event.Records.filter((record) => matches(WAKES.journaled, record)).map(
    ({ dynamodb }) => dynamodb?.NewImage ?? {},
  );
  const images = journaled.filter(({ type }) => type?.S !== ASKING_EVENT);
  const isHalt = images.some(({ type }) => HALTING.has(type?.S ?? ""));
  const roles = isHalt ? everyRole(ports.deployment) : images.flatMap(rolesOf);
  const overdue = event.Records.flatMap(overdueTask);
  const leases = images.flatMap(connectorLeasesOf);
  const watched = sampleOf(images.flatMap(endedTask), ports.deployment, ports.random);
  const deadlines = event.Records.flatMap(deadlineOf);
  if (roles.length > 0) await Promise.all([ports.revocationQueue.send(roles), haveWatched(watched, ports)]);
  if (leases.length > 0) await ports.leaseRevocationQueue.send(leases);
  if (overdue.length > 0)
    await ports.bus.put(overdue.map((task) => ({ type: "task.end", task, reason: "overdue" }) as const));
  // Last: what has ended waits for nothing that is to end some time.
  if (deadlines.length > 0) await ports.deadlines.set(deadlines);
  if (images.length < journaled.length) await wakeNotify(ports);
  if (roles.length + leases.length + overdue.length + deadlines.length === 0) return;
  ports.log.write({
    level: "info",
    event: "relayed",
    endings: images.length,
    roles: new Set(roles.map(({ account, role }) => `${account}/${role}`)).size,
    lease_revocations: leases.length,
    watched: watched.length,
    overdue: overdue.length,
    deadlines: deadlines.length,
  });
}

/** Nobody has the right to change or remove an event, but whoever may add one can write over another: the stream shows it. */
const isTampering = (record: StreamRecord): boolean =>
  (matches(WAKES.changed, record) && !matches(FORGOTTEN, record)) || matches(WAKES.expiring, record);

function tellTampering({ eventName, dynamodb }: StreamRecord, { log }: Pick<RelayPorts, "log">): void {
  const { [TABLE_KEYS.partition]: partition, [TABLE_KEYS.sort]: sort } = dynamodb?.Keys ?? {};
  log.write({ level: "error", event: "journal_changed", type: eventName, what: `${partition?.S} ${sort?.S}` });
}

/** The task of a timer that was removed by its TTL. A removal by anybody else says nothing: the sweep removes what it has done with. */
function overdueTask(record: StreamRecord): readonly TaskPath[] {
  const path = matches(WAKES.overdue, record) ? taskPath(record.dynamodb?.Keys?.[TABLE_KEYS.sort]?.S ?? "") : undefined;
  return path === undefined ? [] : [path];
}

/** At the same time as the roles are told, since a probe has to be answered before the policy acts. */
async function haveWatched(watched: readonly Watched[], { probeQueue, log }: RelayPorts): Promise<void> {
  if (watched.length === 0) return;
  try {
    await probeQueue.send(watched);
  } catch (error) {
    log.write({ level: "error", event: "probes_not_sent", why: reasonOf(error) });
  }
}

/** Nothing fails with it: `notify` runs each minute by itself. */
async function wakeNotify({ noticeQueue, log }: RelayPorts): Promise<void> {
  try {
    await noticeQueue.wake();
  } catch (error) {
    log.write({ level: "error", event: "notify_not_woken", why: reasonOf(error) });
  }
}

function endedTask(image: Image): readonly Ended[] {
  const path = taskPath(image.of?.S ?? "");
  const { agent, by, status } = image.facts?.M ?? {};
  const endedAtMs = Number(image.at?.N ?? Number.NaN);
  if (image.type?.S !== "task.ended" || !path || !Number.isSafeInteger(endedAtMs)) return [];
  return [{ path, agent: agent?.S ?? "", by: by?.S ?? "", status: status?.S ?? "", endedAtMs, roles: rolesOf(image) }];
}

function rolesOf(image: Image): readonly RoleRef[] {
  const leases = image.facts?.M?.leases?.L ?? [];
  return leases.flatMap(({ M: lease }) => {
    const [account, role] = [lease?.account?.S, lease?.role?.S];
    return account === undefined || role === undefined ? [] : [{ account, role }];
  });
}

function connectorLeasesOf(image: Image): readonly LeaseRef[] {
  const path = taskPath(image.of?.S ?? "");
  const leases = image.facts?.M?.connector_leases?.L ?? [];
  if (path === undefined) return [];
  return leases.flatMap(({ M: lease }) => (lease?.name?.S === undefined ? [] : [{ path, name: lease.name.S }]));
}

/** Of a lease that is about to be issued, or issued anew: its record is written before it is. */
function deadlineOf(record: StreamRecord): readonly LeaseDeadline[] {
  if (!matches(WAKES.planned, record)) return [];
  const image = record.dynamodb?.NewImage;
  const { path: text, name } = image?.lease?.M ?? {};
  const [path, dueAt] = [taskPath(text?.S ?? ""), Number(image?.until?.N)];
  if (path === undefined || name?.S === undefined || !Number.isFinite(dueAt)) return [];
  return [{ path, name: name.S, dueAt }];
}
