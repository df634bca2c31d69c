import { type AgentId, isAgentId } from "../../contract/agent-id.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { type TaskPath, taskPath } from "../core/task-path.ts";
import type { LiveCounts } from "../core/tasks/live-counts.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { maySee } from "./may-see.ts";

/** Ports of the list of all live tasks. */
export interface AllTasksPorts extends Ports {
  readonly liveCounts: LiveCounts;
}

/** Tasks on one page. */
const PAGE = 50;

/** Page of the live tasks of all agents. */
interface LivePage {
  readonly paths: readonly TaskPath[];
  /** Mark of the page's last task; absent on the last page. */
  readonly next?: string;
}

/**
 * Lists one page of the live tasks of all agents that the operator may see. Sorted by agent and path, so that a task comes before its sub-agents'. Reads
 * the lists of the page's agents alone. A task that begins or ends meanwhile moves no other task to another page.
 * @param after `next` of the page before.
 * @throws {Refusal} malformed_request.
 */
export async function listAllTasks(
  operator: OperatorIdentity,
  after: string | undefined,
  ports: AllTasksPorts,
): Promise<LivePage> {
  const [from = "", fromPath = ""] = after === undefined ? [] : placeOf(after);
  const paths: TaskPath[] = [];
  let last = from;
  for (const { agent } of await ports.liveCounts.read()) {
    if (agent.id < from || !maySee(operator, "valetkey:ListTasks", agent, ports)) continue;
    const live = (await ports.agents.living(agent.id)).map(({ path }) => path);
    const rest = live.filter((path) => agent.id !== from || path > fromPath).sort();
    const room = PAGE - paths.length;
    if (rest.length > 0 && room === 0) return { paths, next: `${last}/${paths.at(-1)}` };
    paths.push(...rest.slice(0, room));
    if (rest.length > room) return { paths, next: `${agent.id}/${paths.at(-1)}` };
    if (rest.length > 0) last = agent.id;
  }
  return { paths };
}

/** Reads a mark: an agent's id, and the path of one of its tasks. */
function placeOf(after: string): readonly [agent: AgentId, path: string] {
  const [agent = "", path = "", ...more] = after.split("/");
  if (!isAgentId(agent) || !taskPath(path) || more.length > 0)
    throw new Refusal("malformed_request", { say: "after must be the next of the page before." });
  return [agent, path];
}
