import { atOnce } from "../../core/at-once.ts";
import { defined } from "../../core/defined.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Agent } from "../../core/identity/agent.ts";
import type { Ports } from "../../core/ports.ts";
import { mayBeAlive } from "../../core/revocation/role-entry.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { PendingRevocations } from "../../core/tasks/pending-revocation.ts";
import { everyRole } from "../tasks/every-role.ts";
import { changeAgent } from "./change-agent.ts";

/**
 * Upper bound on the tasks that a report lists: live ones first, then those with the latest fences. Further tasks are
 * only counted.
 */
export const MOST_LISTED = 3_000;

/** Upper bound on the tasks that are read at the same time. */
const AT_ONCE = 24;

/** Task with the latest fence of its sessions; epoch seconds. */
export interface IssuedTask {
  readonly path: TaskPath;
  readonly fenceAt: number;
}

export type ListNeeds = Pick<Ports, "agents" | "tasks" | "roles" | "clock"> & {
  readonly pendingRevocations: Pick<PendingRevocations, "list">;
  readonly deployment: Pick<Deployment, "accounts">;
};

/**
 * Lists the tasks of a halted agent that had a usable session when it was halted, the latest fences first. Reads the
 * roles' lists, as the reconciler does, so that a task costs no additional write (docs/decisions/0011).
 */
export async function issuedBefore(agent: Agent, ports: ListNeeds): Promise<readonly IssuedTask[]> {
  const haltedAt = agent.halted?.at ?? agent.createdAt;
  const latest = new Map<TaskPath, number>();
  // Reads one role after another. A role's list may be long, and the result is needed only a few times in an agent's
  // life.
  for (const role of everyRole(ports.deployment)) {
    for (const { path, agent: whose, fenceAt } of await ports.roles.issued(role, haltedAt))
      if (whose === agent.id && mayBeAlive({ fenceAt }, haltedAt))
        latest.set(path, Math.max(fenceAt, latest.get(path) ?? 0));
  }
  return [...latest].map(([path, fenceAt]) => ({ path, fenceAt })).sort((a, b) => b.fenceAt - a.fenceAt);
}

/** Lists the agent's tasks with a connector's credential that is not known to be revoked. */
export async function tasksWithOpenLeases(agent: Agent, ports: ListNeeds): Promise<readonly TaskPath[]> {
  const paths = new Set((await ports.pendingRevocations.list()).map(({ lease }) => lease.path));
  const tasks = await atOnce(AT_ONCE, [...paths], (path) => ports.tasks.read(path));
  return tasks.flatMap((task) => (task?.agent === agent.id ? [task.path] : []));
}

/** Lists the agent's tasks in the journal, before any of them is ended, so that a crash loses none. */
export async function listIssued(agent: Agent, by: string, ports: ListNeeds): Promise<Agent> {
  if (agent.offboarding) return agent;
  const live = await ports.agents.liveTasks(agent.id);
  // Adds tasks that have ended, since tasks below them may be alive.
  const open = (await ports.tasks.openEndings(agent.id)).map(({ path }) => path);
  const withOpenLeases = await tasksWithOpenLeases(agent, ports);
  const issued = await issuedBefore(agent, ports);
  const paths = [...new Set([...live, ...open, ...withOpenLeases, ...issued.map(({ path }) => path)])];
  const listed = new Set(paths.slice(0, MOST_LISTED));
  const leftOut = issued.filter(({ path }) => !listed.has(path));
  const lastFenceAt = issued[0]?.fenceAt;
  return changeAgent(
    agent,
    (current) => {
      if (current.offboarding) return undefined;
      const listedAt = Math.floor(ports.clock.nowMs() / 1_000);
      const offboarding = { listedAt, ...defined({ lastFenceAt }) };
      const facts = {
        by,
        live: live.length,
        tasks: [...listed],
        last_fence_at: lastFenceAt,
        left_out: leftOut.length > 0 ? { tasks: leftOut.length, last_fence_at: leftOut[0]?.fenceAt } : undefined,
      };
      return { agent: { ...current, offboarding }, type: "agent.tasks_listed", facts };
    },
    ports,
  );
}
