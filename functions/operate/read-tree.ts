import type { TaskEvent, TaskList } from "../../contract/tasks.ts";
import { atOnce } from "../core/at-once.ts";
import type { Facts, JournalEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { parentOf, type TaskPath } from "../core/task-path.ts";
import type { Task } from "../core/tasks/task.ts";
import type { HttpEvent } from "../http/event.ts";
import { etagOf, isKnown } from "../http/unless-known.ts";
import type { MarkedAnswer } from "../operators/operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { describeListed, LISTED_AT_ONCE } from "./describe-listed.ts";
import { maySee } from "./may-see.ts";
import { withAccountNames } from "./with-account-names.ts";

/** Upper bounds on the tasks, and on the task's events, of one answer. A tree itself has no bound. */
const MOST = { tasks: 100, events: 500 } as const;

/**
 * Reads the tree that a task is in: its tasks, alive or ended, each below the task that started it. Reads the task's events too, to the millisecond, and the
 * opening of each task right below it. An event is described by its type and author, an issue also by the hash of each session policy. Tasks of agents that
 * policy does not let the operator see are left out. Reads at most 200 tasks. Reads no event if the caller has the answer. The ETag covers the heads of the
 * tasks' chains, and each event moves a head.
 */
export async function readTree(
  event: Pick<HttpEvent, "headers">,
  operator: OperatorIdentity,
  path: TaskPath,
  ports: Ports,
): Promise<MarkedAnswer<TaskList>> {
  const { tasks: near, more } = await ports.tasks.near(path, MOST.tasks);
  const ids = [...new Set(near.map(({ agent }) => agent))];
  const agents = await atOnce(LISTED_AT_ONCE, ids, (id) => ports.agents.record(id));
  const seen = new Set(
    agents.flatMap((agent) => (agent && maySee(operator, "valetkey:ListTasks", agent, ports) ? agent.id : [])),
  );
  const shown = near.filter(({ agent }) => seen.has(agent));
  const tasks = await atOnce(LISTED_AT_ONCE, shown, (task) => describeListed(task, ports));
  const tree = withAccountNames(
    { tasks, hidden: near.length - shown.length, ...(more ? { more } : {}) },
    ports.deployment,
  );
  const etag = etagOf(JSON.stringify([tree, shown.map(({ chain }) => chain)]));
  if (isKnown(event, etag)) return { etag };
  return { etag, body: { ...tree, events: (await eventsOf(path, shown, ports)).map(describeEvent) } };
}

/** Reads the latest events of a task, and the first event of each task right below it, sorted by time. */
async function eventsOf(
  path: TaskPath,
  shown: readonly Task[],
  { tasks }: Pick<Ports, "tasks">,
): Promise<readonly JournalEvent[]> {
  const children = shown.filter((task) => parentOf(task.path) === path);
  const [own, openings] = await Promise.all([
    tasks.history(path, MOST.events),
    atOnce(LISTED_AT_ONCE, children, (child) => tasks.opening(child.path)),
  ]);
  const opened = openings.filter((each) => each !== undefined);
  return [...own, ...opened].sort((a, b) => a.at - b.at || a.n - b.n);
}

const describeEvent = ({ of, n, type, at, facts }: JournalEvent): TaskEvent => {
  const leases = vendedIn(facts);
  return {
    task: of,
    n,
    type,
    at: new Date(at).toISOString(),
    ...(typeof facts.by === "string" ? { by: facts.by } : {}),
    ...(leases.length > 0 ? { leases } : {}),
  };
};

/** Lists the leases of an event that were about to be issued, with the hashes of their session policies. */
function vendedIn({ leases, lease }: Facts): NonNullable<TaskEvent["leases"]> {
  const all: readonly unknown[] = Array.isArray(leases) ? leases : lease === undefined ? [] : [lease];
  return all.flatMap((each) => {
    const { name, fence_at, policy_sha256 } = (each ?? {}) as Readonly<Record<string, unknown>>;
    return typeof name === "string" && typeof fence_at === "number" && typeof policy_sha256 === "string"
      ? [{ name, fence_at, policy_sha256 }]
      : [];
  });
}
