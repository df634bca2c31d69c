import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { startTask } from "../recording/story.ts";
import { refusedEndings } from "../refused/holder.ts";
import { refusedOperators } from "../refused/operator.ts";
import { agentId } from "../schemas/identifiers.ts";

const listing: Arrange = async (world) => {
  await startTask(world);
  return { route: "GET /v1/tasks", query: { agent: "demo" }, bearer: world.operatorToken() };
};

/** `GET /v1/tasks` */
export const listTasks: Operation = {
  id: "listTasks",
  tag: "Operators",
  description: "What one agent has alive at this moment.",
  query: { agent: { says: "The agent's id.", required: true, schema: agentId } },
  answer: { status: 200, says: "The agent's live tasks.", schema: "TaskList" },
  accepted: { tasks: { says: "An agent with one live task", arrange: listing } },
  refused: {
    ...refusedOperators(listing),
    malformed_request: async (world) => ({ ...(await listing(world)), query: {} }),
    agent_not_found: async (world) => ({ ...(await listing(world)), query: { agent: "nobody" } }),
  },
};

const ending: Arrange = async (world) => {
  const task = await startTask(world);
  return { route: "POST /v1/tasks/{task}/end", path: { task: task.id }, bearer: world.operatorToken() };
};

/** `POST /v1/tasks/{task}/end` */
export const endTask: Operation = {
  id: "endTask",
  tag: "Operators",
  description:
    "An operator ends any task: from then on nothing is issued or renewed for it, and AWS denies what it has within seconds. No body is read. A task that has ended already stays as it ended, and is answered so.",
  answer: { status: 200, says: "The task, ended.", schema: "Task" },
  accepted: { ended: { says: "A task that an operator ended", arrange: ending } },
  refused: {
    ...refusedOperators(ending),
    malformed_request: async (world) => ({ ...(await ending(world)), path: { task: "no-task-id" } }),
    task_unknown: async (world) => ({ ...(await ending(world)), path: { task: "nosuchtask00." } }),
    contended: refusedEndings(ending).contended,
  },
};
