import type { PlannedLease } from "../../connectors/aws/plan-leases.ts";
import { conflictOf, refuseBoth } from "../../core/holds/conflict.ts";
import { type Hold, holdsOf, type OtherSide, otherSides } from "../../core/holds/holds.ts";
import type { Counted } from "../../core/identity/holders.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { diesBy } from "../../core/revocation/role-entry.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { Task } from "../../core/tasks/task.ts";
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

type Needs = Pick<SealingPorts, "deployment" | "holds" | "clock">;
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

/** Lists what the keys of a task take. @throws {Refusal} those of `othersOf`. */
export function takingOf(
  grants: Labelled,
  { path, onBehalf }: Pick<Task, "path" | "onBehalf">,
  planned: readonly Pick<PlannedLease, "lease">[],
  ports: Pick<Needs, "deployment">,
): Taking {
  const counted = { person: onBehalf, path };
  const keys = { task: path, fenceAt: Math.max(0, ...planned.map(({ lease }) => lease.fenceAt)) };
  return {
    holds: holdsOf(grants.labels, { ...counted, agents: grants.agents }, ports.deployment.conflicts ?? [], keys),
    others: othersOf(grants, counted, ports),
  };
}

/**
 * Refuses a grant while a label is held from which policy keeps it apart (I11). Makes no call for a grant without such
 * labels. Before the keys are recorded, that spares a session; after it, whoever reads the other's record gives way, so
 * that of two at the same moment at most one goes on.
 * @throws {Refusal} label_conflict with the label and the time from which it is free, store_unavailable.
 */
export async function refuseHeld(others: readonly OtherSide[], ports: Pick<Needs, "holds" | "clock">): Promise<void> {
  const held = await Promise.all(others.map(async (other) => ({ other, fenceAt: await ports.holds.latest(other) })));
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const [latest] = held
    .flatMap(({ other, fenceAt }) =>
      // No end, probe or status frees a label: only the fence, by any clock.
      fenceAt === undefined ? [] : [{ other, at: diesBy({ fenceAt }) + other.windowSeconds }],
    )
    .filter(({ at }) => at > nowSeconds)
    .toSorted((a, b) => b.at - a.at);
  if (latest === undefined) return;
  const { other, at } = latest;
  const retryAfterSeconds = Math.max(1, Math.ceil(at - nowSeconds));
  const free = new Date(at * 1_000).toISOString().replace(".000", "");
  throw new Refusal("label_conflict", {
    say: `It is labelled "${other.own}", and "${other.label}" is held for ${WHOSE[other.scope]} until ${free} at the latest.`,
    more: { ...conflictOf({ own: other.own, other: other.label }), retry_after: retryAfterSeconds },
    retryAfterSeconds,
    why: `${other.own} ${other.label} ${other.scope}`,
  });
}

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

const WHOSE = { agent: "this agent", person: "this person", tree: "this tree of tasks" } as const;
