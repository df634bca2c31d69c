import type { AgentId } from "../../contract/agent-id.ts";
import { TASK_PATH } from "../../contract/names.ts";
import type { ShownTask, TaskList } from "../../contract/tasks.ts";
import { atOnce } from "../core/at-once.ts";
import { defined } from "../core/defined.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { TaskPath } from "../core/task-path.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { conditionalRead, operation } from "../operators/operation.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { describeTask } from "../steps/tasks/describe-task.ts";
import { endTask } from "../steps/tasks/end-task.ts";
import { describeListed, LISTED_AT_ONCE } from "./describe-listed.ts";
import { findByKey, type KeySearch, keySearchIn } from "./find-tasks.ts";
import { type AllTasksPorts, listAllTasks } from "./list-all-tasks.ts";
import { readTree } from "./read-tree.ts";
import { taskFor } from "./task-for.ts";
import { withAccountNames } from "./with-account-names.ts";

/**
 * Answers `GET /v1/tasks`. Without parameters: the live tasks of all agents, page by page, and which of them wait for people.
 * - `?agent=`: the live tasks of one agent; with `&ended=true` the ended ones, page by page.
 * - `?task=`: one task, alive or ended.
 * - `?tree=`: the tree that a task is in.
 * - `?access_key_id=`: the task of an access key.
 */
export function listTasks(event: HttpEvent, ports: AllTasksPorts): Promise<HttpAnswer> {
  const query = new URLSearchParams(event.rawQueryString ?? "");
  const within = query.get("tree");
  if (within === null)
    return operation<TaskList>(event, ports, async (operator) =>
      withAccountNames(await list(operator, query, ports), ports.deployment),
    );
  return conditionalRead(event, ports, async (operator) =>
    readTree(event, operator, await taskFor(operator, LIST, within, ports), ports),
  );
}

async function list(operator: OperatorIdentity, query: URLSearchParams, ports: AllTasksPorts): Promise<TaskList> {
  if (query.has("access_key_id")) return await taskOfKey(operator, keySearchIn(query), ports);
  const path = query.get("task");
  if (path !== null) return { tasks: await described([await taskFor(operator, LIST, path, ports)], ports) };
  const [id, after] = [query.get("agent"), query.get("after") ?? undefined];
  const ended = query.get("ended") ?? "false";
  if (ended !== "true" && ended !== "false") refuse("ended must be true or false.");
  if (id === null) {
    if (ended === "true") refuse("Say whose ended tasks: ?agent=<id>&ended=true.");
    await authoriseOperation(operator, LIST, "deployment", ports);
    const { paths, ...more } = await listAllTasks(operator, after, ports);
    return { tasks: await described(paths, ports), ...more };
  }
  if (id === "") refuse("Say whose tasks: ?agent=<id>; without it, the tasks of all agents are listed.");
  const agent = await agentFor(operator, LIST, id, ports);
  if (ended === "true") return await listEnded(agent.id, after, ports);
  return {
    tasks: await described(
      (await ports.agents.living(agent.id)).map(({ path }) => path),
      ports,
    ),
  };
}

const LIST = "valetkey:ListTasks";

/** Finds the task of a key. Evaluates policy before the search, and again for the agent that was found: some operators may not see all agents. */
async function taskOfKey(operator: OperatorIdentity, search: KeySearch, ports: Ports): Promise<TaskList> {
  if (search.agent === undefined) await authoriseOperation(operator, LIST, "deployment", ports);
  else await agentFor(operator, LIST, search.agent, ports);
  const { task, searched, whole } = await findByKey(search, ports);
  if (task) await agentFor(operator, LIST, task.agent, ports);
  return { tasks: task ? await described([task.path], ports) : [], searched: { tasks: searched, whole } };
}

async function described(paths: readonly TaskPath[], ports: Ports) {
  const tasks = await atOnce(LISTED_AT_ONCE, paths, async (path) => {
    const task = await ports.tasks.read(path);
    return task && describeListed(task, ports);
  });
  return tasks.filter((task) => task !== undefined);
}

/** Answers `POST /v1/tasks/{task}/end`: an operator ends a task of any agent. */
export const endAnyTask = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<ShownTask>(event, ports, async (operator, record) => {
    const path = await taskFor(operator, "valetkey:EndTask", event.pathParameters?.task ?? "", ports);
    record.note({ task: path });
    const { task } = await endTask(path, { status: "revoked" }, operator.id, ports);
    return describeTask(task, ports.clock.nowMs() / 1_000);
  });

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}

/** Ended tasks on one page. */
const PAGE = 50;

/** Upper bound on the tasks that are read at the same time. */
const AT_ONCE = 25;

/** Mark of an entry: the second of the task's end, and its path. */
const MARK = new RegExp(`^\\d{10}#${TASK_PATH}$`);

/**
 * Lists one page of an agent's ended tasks, the latest first. The list is only a hint: an entry whose task is another agent's, or is active, is left out.
 * @param after `next` of the page before.
 * @throws {Refusal} malformed_request.
 */
async function listEnded(
  agent: AgentId,
  after: string | undefined,
  ports: Pick<Ports, "tasks" | "clock">,
): Promise<TaskList> {
  if (after !== undefined && !MARK.test(after))
    throw new Refusal("malformed_request", { say: "after must be the next of the page before." });
  const { paths, next } = await ports.tasks.ended(agent, after, PAGE);
  const tasks = await atOnce(AT_ONCE, paths, (path) => ports.tasks.read(path));
  return {
    tasks: tasks
      .filter((task) => task !== undefined)
      .filter((task) => task.agent === agent && task.status !== "active")
      .map((task) => describeTask(task, ports.clock.nowMs() / 1_000)),
    ...defined({ next }),
  };
}
