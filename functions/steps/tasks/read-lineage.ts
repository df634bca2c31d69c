import type { AgentId } from "../../../contract/agent-id.ts";
import { brand } from "../../core/brand.ts";
import { isActive, isSameToDecisions, type KnownAgent } from "../../core/identity/agent.ts";
import { consentOf } from "../../core/people/on-behalf.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { ancestorsOf } from "../../core/task-path.ts";
import { isLive } from "../../core/tasks/task.ts";
import { type BelievedTask, believeTask } from "./believe-task.ts";
import { refuseIfHalted } from "./refuse-halted.ts";
import { type PauseNeeds, readPauses, refuseIfPaused } from "./refuse-paused.ts";

declare const alive: unique symbol;

export interface TaskOf {
  readonly task: BelievedTask;
  readonly agent: KnownAgent;
}

/** Task with its agent, and every task above with its own agent, all alive when they were read. */
export interface Lineage extends TaskOf {
  readonly [alive]: true;
  /** Tasks above, the root first. */
  readonly ancestors: readonly TaskOf[];
}

/**
 * Reads everything on which a task depends, strongly and in one parallel round (docs/design.md#racing): its agent,
 * every task above with its agent, their pauses, its consent, and the panic. Call it after a write: an ending or a halt that comes
 * later then finds what was written. The caller reads the task's own record. A task above is believed by its seal
 * alone. A task is alive while it is in the list to which only the exchange adds.
 * @param decided registrations on which the decision before the write was based; a cache may have returned them, or
 * they have changed since.
 * @throws {Refusal} halted, task_ended for the task or one above, consent_ended, agent_inactive or agent_paused for any of the
 * agents, agent_changed where an agent differs from the decided one, store_unavailable.
 */
export async function readLineage(
  task: BelievedTask,
  ports: PauseNeeds & Pick<Ports, "tasks" | "agents" | "panics" | "clock" | "seals" | "log" | "consents">,
  decided: readonly KnownAgent[] = [],
): Promise<Lineage> {
  const paths = ancestorsOf(task.path);
  const ids = [...new Set([task.agent, ...(task.delegated?.chain ?? [])])];
  const chain = [...(task.delegated?.chain ?? []), task.agent];
  const alive = [...paths, task.path].map((path, index) => ({ path, agent: chain[index] ?? task.agent }));
  const consent = consentOf(task.onBehalf);
  const [tasks, proofs, agents, panic, pauses, consented] = await Promise.all([
    Promise.all(paths.map((path) => ports.tasks.read(path))),
    Promise.all(alive.map((each) => ports.tasks.isAlive(each.path === task.path ? task : each))),
    Promise.all(ids.map((id) => ports.agents.read(id))),
    ports.panics.read(),
    readPauses(task, ports),
    consent && ports.consents().then((consents) => consents.find(consent.person, consent.agent)),
  ]);
  const nowSeconds = ports.clock.nowMs() / 1_000;
  refuseIfHalted(panic, [task, ...tasks.filter((above) => above !== undefined)], nowSeconds);
  const agentOf = (id: AgentId): KnownAgent => {
    const agent = agents[ids.indexOf(id)];
    if (agent && isActive(agent, nowSeconds)) {
      if (decided.every((before) => before.id !== id || isSameToDecisions(before, agent))) return agent;
      throw new Refusal("agent_changed", { why: id, retryAfterSeconds: 1 });
    }
    throw new Refusal("agent_inactive", id === task.agent ? {} : { say: "It is the agent of a task above.", why: id });
  };
  const ended = () => new Refusal("task_ended", { say: "A task above it has ended." });
  // An ended task remains ended, whatever somebody writes into its record.
  if (proofs.at(-1) === false) throw new Refusal("task_ended");
  if (proofs.includes(false)) throw ended();
  if (consent?.id !== consented?.id) throw new Refusal("consent_ended");
  refuseIfPaused(pauses, agentOf, nowSeconds);
  const ancestors = await Promise.all(
    tasks.map(async (above): Promise<TaskOf> => {
      if (!above || !isLive(above, nowSeconds)) throw ended();
      return { task: await believeTask(above, ports, ended()), agent: agentOf(above.agent) };
    }),
  );
  return brand<Lineage>({ task, agent: agentOf(task.agent), ancestors });
}
