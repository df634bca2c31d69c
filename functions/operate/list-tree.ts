import type { Facts, JournalEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { rootOf, type TaskPath } from "../core/task-path.ts";
import type { Task } from "../core/tasks/task.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { maySee } from "./may-see.ts";

/** Most tasks, and most events, of one answer: a tree has no bound, and an answer has. */
const MOST = { tasks: 100, events: 500 } as const;

interface Tree {
  readonly tasks: readonly Task[];
  readonly events: readonly Readonly<Record<string, unknown>>[];
  /** Number of tasks that are not shown: policy does not let the operator list them, or there are too many. */
  readonly hidden: number;
}

/**
 * Reads the tree that a task is in: its tasks, alive or ended, each below the one that started it, and what happened to each, to the millisecond. Of an
 * event it tells the type and the author, and of an issue the hash of each session policy. Tasks of agents that policy does not let the operator look at are left out.
 */
export async function listTree(
  operator: OperatorIdentity,
  path: TaskPath,
  ports: Pick<Ports, "tasks" | "agents" | "policies">,
): Promise<Tree> {
  const { tasks, events } = await ports.tasks.record(`${rootOf(path)}.` as TaskPath);
  const ids = [...new Set(tasks.map(({ agent }) => agent))];
  const agents = await Promise.all(ids.map((id) => ports.agents.record(id)));
  const seen = new Set(
    agents.flatMap((agent) => (agent && maySee(operator, "valetkey:ListTasks", agent, ports) ? agent.id : [])),
  );
  const shown = tasks.filter(({ agent }) => seen.has(agent));
  // The task that was asked for, what is above it and what is below it come before its siblings.
  const near = shown.toSorted((a, b) => Number(isNear(b.path, path)) - Number(isNear(a.path, path)));
  const kept = near.slice(0, MOST.tasks).sort((a, b) => (a.path < b.path ? -1 : 1));
  const paths = new Set(kept.map((task): string => task.path));
  return {
    tasks: kept,
    events: events
      .filter(({ of }) => paths.has(of))
      .sort((a, b) => a.at - b.at || a.n - b.n)
      .slice(-MOST.events)
      .map(describeEvent),
    hidden: tasks.length - kept.length,
  };
}

const isNear = (one: TaskPath, other: TaskPath): boolean => one.startsWith(other) || other.startsWith(one);

const describeEvent = ({ of, n, type, at, facts }: JournalEvent) => {
  const leases = vendedIn(facts);
  return {
    ...{ task: of, n, type, at: new Date(at).toISOString() },
    ...(typeof facts.by === "string" ? { by: facts.by } : {}),
    ...(leases.length > 0 ? { leases } : {}),
  };
};

/** Lists the leases of an event that were about to be issued, with the hashes of their session policies. */
function vendedIn({ leases, lease }: Facts) {
  const all: readonly unknown[] = Array.isArray(leases) ? leases : lease === undefined ? [] : [lease];
  return all.flatMap((each) => {
    const { name, fence_at, policy_sha256 } = (each ?? {}) as Readonly<Record<string, unknown>>;
    return typeof policy_sha256 === "string" ? [{ name, fence_at, policy_sha256 }] : [];
  });
}
