import { type AgentId, isAgentId } from "../../contract/agent-id.ts";
import { runAtOnce } from "../core/at-once.ts";
import { scopedTo, scopeKindOf } from "../core/conditions/held-condition.ts";
import type { Recheck } from "../core/conditions/recheck.ts";
import type { TaskPath } from "../core/task-path.ts";
import { type Denied, type RecheckNeeds, recheckTask } from "./recheck-task.ts";
import type { Worlds } from "./worlds.ts";

/** Upper bound on the agents whose tasks are decided at the same time. */
const AGENTS_AT_ONCE = 6;
/** Upper bound on the tasks of one agent that are decided at the same time. */
const TASKS_AT_ONCE = 8;

/** Time after which a run begins no further agent; milliseconds. A request then answers before the API gives up, and a message sends the agents that are left. */
export const WORKING_MS = 15_000;

/** Work of a recheck: what is decided, and the act on what is denied. */
export interface RecheckWork {
  readonly recheck: Pick<Recheck, "condition" | "scope">;
  readonly worlds: Worlds;
  /** Handles a denied task. Called once for each. */
  readonly onDenied: (denied: Denied) => Promise<void>;
  /** Epoch milliseconds after which no further agent is begun. */
  readonly untilMs: number;
}

/**
 * Decides the live tasks of agents anew, in the order of the list. A task that cannot be decided now does not block the others.
 * @returns number of tasks that were decided, and of agents that were not begun in time.
 * @throws {Refusal} the first failure, once all others were tried.
 */
export async function recheckAgents(
  agents: readonly AgentId[],
  { recheck, worlds, onDenied, untilMs }: RecheckWork,
  ports: RecheckNeeds,
): Promise<{ readonly decided: number; readonly left: number }> {
  let decided = 0;
  const failures: unknown[] = [];
  const decide = async (path: TaskPath): Promise<void> => {
    const denied = await recheckTask(path, recheck, worlds, ports);
    decided += 1;
    if (denied) await onDenied(denied);
  };
  const decideAll = async (id: AgentId): Promise<void> => {
    if (!(await isIn(recheck, id, ports))) return;
    // The topmost tasks first: the end of a task ends those below it.
    const paths = (await ports.agents.liveTasks(id)).toSorted((one, other) => one.length - other.length);
    failures.push(...(await runAtOnce(TASKS_AT_ONCE, paths, decide)).failures);
  };
  const isOver = (): boolean => ports.clock.nowMs() >= untilMs;
  const run = await runAtOnce(AGENTS_AT_ONCE, agents, decideAll, isOver);
  const [failure] = [...run.failures, ...failures];
  if (failure !== undefined) throw failure;
  return { decided, left: run.left };
}

/**
 * Lists the agents that may be in a place, by id. Those of a team are selected only when their tasks are decided, by the registration on which decisions rest:
 * the list itself has untruths where a function that suspends agents was taken over.
 * @param after agent after which the list begins; from the first one unless given.
 */
export async function agentsIn(
  { scope }: Pick<Recheck, "scope">,
  { agents }: Pick<RecheckNeeds, "agents">,
  after?: AgentId,
): Promise<readonly AgentId[]> {
  if (scopeKindOf(scope) === "agent") return [scopedTo(scope)].filter(isAgentId);
  const ids: AgentId[] = [];
  for (let from = after; ; ) {
    const page = await agents.list(from);
    ids.push(...page.agents.map(({ id }) => id));
    if (page.next === undefined) return ids;
    from = page.next;
  }
}

/** True unless the agent is in another team. An agent that is not active may be in any. */
async function isIn(
  { scope }: RecheckWork["recheck"],
  id: AgentId,
  { agents }: Pick<RecheckNeeds, "agents">,
): Promise<boolean> {
  if (scopeKindOf(scope) !== "team") return true;
  const agent = await agents.read(id);
  return agent === undefined || agent.team === scopedTo(scope);
}
