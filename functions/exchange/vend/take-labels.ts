import type { PlannedLease } from "../../connectors/aws/plan-leases.ts";
import { DIE_WHEN_REVOKED } from "../../connectors/dies-when-revoked.ts";
import { deadBy } from "../../connectors/sealed-token.ts";
import { conflictOf, refuseBoth } from "../../core/holds/conflict.ts";
import {
  HOLDS_READ,
  type Hold,
  holdsOf,
  type Keys,
  type LabelPlace,
  type OtherSide,
  otherSides,
  UNTIL_REVOKED,
} from "../../core/holds/holds.ts";
import type { Counted } from "../../core/identity/holders.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { diesBy } from "../../core/revocation/role-entry.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import type { Task } from "../../core/tasks/task.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import { attempt } from "../../steps/requests/attempt.ts";
import type { GrantedIntent } from "../../steps/tasks/grants.ts";

/** Labels that the keys of a task take. */
export interface Taking {
  /** Records of what they hold, for the transaction that records the keys. */
  readonly holds: readonly Hold[];
  /** Labels that must be free, after that write too. */
  readonly others: readonly OtherSide[];
}

/** Hooks of a request by which a withdrawn task releases the labels that it took. */
export interface TakingHooks {
  /** Called before a new task that takes labels is recorded. */
  readonly onTake?: (path: TaskPath, holds: readonly Hold[]) => void;
}

/** Keys that are about to be issued to a task. */
interface PlannedKeys {
  readonly sessions: readonly Pick<PlannedLease, "lease">[];
  readonly connected: readonly ConnectorLease[];
}

type Needs = Pick<SealingPorts, "deployment" | "holds" | "tasks" | "clock">;
type Reads = Pick<Needs, "holds" | "tasks" | "clock">;
type Labelled = Pick<GrantedIntent, "labels" | "agents">;

/**
 * Lists the labels that must be free for a grant.
 * @param counted person, and path of the task or of one above; absent before a root has its path.
 * @throws {Refusal} those of `refuseBoth`.
 */
export function othersOf(
  { labels, agents }: Labelled,
  counted: Omit<Counted, "agents">,
  { deployment: { conflicts = [] } }: Pick<Needs, "deployment">,
): readonly OtherSide[] {
  refuseBoth(labels, conflicts);
  return otherSides(labels, { ...counted, agents }, conflicts);
}

/**
 * Lists what the keys of a task take. Each of its keys holds all labels of the task: sessions until their fence, and the
 * leases of connectors whose revocation ends them until that, or until the moment by which their provider ends them.
 * @throws {Refusal} those of `othersOf`.
 */
export function takingOf(
  grants: Labelled,
  { path, onBehalf }: Pick<Task, "path" | "onBehalf">,
  { sessions, connected }: PlannedKeys,
  ports: Pick<Needs, "deployment">,
): Taking {
  const counted = { person: onBehalf, path };
  const others = othersOf(grants, counted, ports);
  const fences = sessions.map(({ lease }) => lease.fenceAt);
  const leases = connected.filter(({ type }) => DIE_WHEN_REVOKED.has(type));
  const keys = [
    ...(fences.length === 0 ? [] : [{ task: path, fenceAt: Math.max(...fences) }]),
    ...(leases.length === 0 ? [] : [keysOf(path, leases)]),
  ];
  const { conflicts = [] } = ports.deployment;
  return { holds: holdsOf(grants.labels, { ...counted, agents: grants.agents }, conflicts, keys), others };
}

const keysOf = (task: TaskPath, leases: readonly ConnectorLease[]): Keys => ({
  task,
  fenceAt: Math.max(...leases.map((lease) => deadBy(lease) ?? UNTIL_REVOKED)),
  leases: { names: leases.map(({ name }) => name), startedAt: Math.max(...leases.map(({ startedAt }) => startedAt)) },
});

/**
 * Refuses a grant while a label is held from which policy keeps it apart (I11). Makes no call for a grant without such
 * labels. Before the keys are recorded, that spares a session; after it, whoever reads the other's record gives way, so
 * that of two at the same moment at most one goes on.
 * @param taking labels that must be free; and the holds that were recorded, beside which earlier ones may have ended.
 * @throws {Refusal} label_conflict with the label and the time from which it is free, store_unavailable.
 */
export async function refuseHeld(
  { others, holds = [] }: Pick<Taking, "others"> & Partial<Taking>,
  ports: Reads,
): Promise<void> {
  const held = await Promise.all([
    ...others.map(async (other) => ({ other, hold: await latestHold(other, ports) })),
    ...holds.filter(({ leases }) => leases).map((own) => endOld(own, ports)),
  ]);
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const [latest] = held
    .flatMap((each) =>
      // No end, probe or status frees a label: only the fence, by any clock, or a revocation that was made.
      each?.hold === undefined ? [] : [{ ...each, hold: each.hold, at: diesBy(each.hold) + each.other.windowSeconds }],
    )
    .filter(({ at }) => at > nowSeconds)
    .toSorted((a, b) => b.at - a.at);
  if (latest) throw conflictRefusal(latest.other, latest.hold, latest.at, nowSeconds);
}

function conflictRefusal({ own, label, scope }: OtherSide, hold: Hold, at: number, nowSeconds: number): Refusal {
  const waitSeconds = Math.max(1, Math.ceil(at - nowSeconds));
  const retryAfterSeconds = hold.leases ? Math.min(waitSeconds, REVOCATION_SECONDS) : waitSeconds;
  const until =
    hold.fenceAt === UNTIL_REVOKED
      ? "until the task that holds it has ended and its credentials are revoked, and for a while after that"
      : `until ${isoSeconds(at)} at the latest`;
  return new Refusal("label_conflict", {
    say: `It is labelled "${own}", and "${label}" is held for ${WHOSE[scope]} ${until}.`,
    more: { ...conflictOf({ own, other: label }), retry_after: retryAfterSeconds },
    retryAfterSeconds,
    why: `${own} ${label} ${scope}`,
  });
}

/** Finds the hold of a label that lasts longest, after those of revoked credentials have ended; undefined where there is none. */
async function latestHold(place: LabelPlace, ports: Reads): Promise<Hold | undefined> {
  let first: Hold | undefined;
  for (let read = 1; read <= MOST_READS; read += 1) {
    const holds = await ports.holds.latest(place);
    [first] = holds;
    const now = await Promise.all(holds.map((hold) => endRevoked(hold, ports)));
    // A hold that stays as it is lasts as long as all that were not read. Else the next read has these.
    const isAll = holds.length < HOLDS_READ || now.some((hold, index) => hold === holds[index]);
    if (isAll) return now.toSorted((a, b) => b.fenceAt - a.fenceAt)[0];
  }
  return first;
}

/**
 * Ends a hold of connectors' leases that are revoked.
 * @returns the hold as it is now: with the moment of the revocation as its fence, or unchanged.
 */
async function endRevoked(hold: Hold, ports: Reads): Promise<Hold> {
  const { leases, ...held } = hold;
  if (leases === undefined) return hold;
  const task = await ports.tasks.read(hold.task);
  const nowSeconds = Math.floor(ports.clock.nowMs() / 1_000);
  const revoked = leases.names.map((name) => task?.connectorLeases?.find((lease) => lease.name === name)?.revokedAt);
  // Many functions write a task's record. It moves the window at most to the lease's start, and ends no hold.
  const latest = Math.max(leases.startedAt, ...revoked.map((at) => (typeof at === "number" ? at : nowSeconds)));
  const fenceAt = Math.min(Math.floor(latest), nowSeconds);
  return (await ports.holds.end(hold, fenceAt)) ? { ...held, fenceAt } : hold;
}

/** Ends earlier holds beside one's own, best effort: a label that nobody asks for from the other side would collect them for ever. */
const endOld = async (own: LabelPlace, ports: Reads): Promise<undefined> =>
  void (await attempt(() => latestHold(own, ports)));

/** Adds to the ports of one request the hooks by which a task that it withdraws releases its labels: nobody has its keys. */
export function releasing<P extends Pick<SealingPorts, "holds">>(
  ports: P & { readonly onWithdrawn?: (path: TaskPath) => Promise<void> },
): P & Required<TakingHooks> & { readonly onWithdrawn: (path: TaskPath) => Promise<void> } {
  const taken = new Map<TaskPath, readonly Hold[]>();
  return {
    ...ports,
    onTake: (path, holds) => void taken.set(path, holds),
    onWithdrawn: async (path) => {
      const holds = taken.get(path) ?? [];
      taken.delete(path);
      if (holds.length > 0) await attempt(() => ports.holds.release(holds));
      await ports.onWithdrawn?.(path);
    },
  };
}

/** Wait that is proposed while a label may become free at any moment, by a revocation; seconds. */
const REVOCATION_SECONDS = 60;

/** Upper bound on the reads of one label's holds. */
const MOST_READS = 10;

const WHOSE = { agent: "this agent", person: "this person", tree: "this tree of tasks" } as const;
