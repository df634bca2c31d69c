import type * as tasks from "../../../contract/tasks.ts";
import { taskPath } from "../../../functions/core/task-path.ts";
import { FakeService } from "../../fakes/world/service.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import { waitingTask } from "../recording/approvals.ts";
import type { Arrange } from "../recording/call.ts";
import { COMPLETION, completeTask, startTask } from "../recording/story.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOnceMore } from "../refused/flood.ts";
import { refusedEndings, refusedHolders } from "../refused/holder.ts";
import { refusedOperators } from "../refused/operator.ts";

const reading: Arrange = async (world) => {
  const task = await startTask(world);
  return { route: "GET /v1/tasks/{task}", path: { task: task.id }, bearer: task.token };
};

const completing: Arrange = async (world) => {
  const task = await startTask(world);
  world.pass(42);
  return {
    route: "POST /v1/tasks/{task}/complete",
    path: { task: task.id },
    bearer: task.token,
    body: { json: COMPLETION },
  };
};

const completingOddly: Arrange = async (world) => ({
  ...(await completing(world)),
  body: { json: { outcome: "done" } },
});

const listing: Arrange = async (world) => {
  await startTask(world);
  return { route: "GET /v1/tasks", query: { agent: "demo" }, bearer: world.operatorToken() };
};

/** Arranges a list of the tree of a task that an operator ended. */
const listingTree: Arrange = async (world) => {
  const task = await startTask(world);
  await new FakeService(world).endTask(task.id);
  return { route: "GET /v1/tasks", query: { tree: task.id }, bearer: world.operatorToken() };
};

/** Arranges a list of all agents' live tasks. */
const listingAll: Arrange = async (world) => ({ ...(await listing(world)), query: {} });

/** Arranges a list of ended tasks. */
const listingEnded: Arrange = async (world) => {
  const task = await startTask(world);
  await new FakeService(world).endTask(task.id);
  return { route: "GET /v1/tasks", query: { agent: "demo", ended: "true" }, bearer: world.operatorToken() };
};

/** Arranges a search for the session of a key. */
const finding: Arrange = async (world) => {
  const { id } = await startTask(world);
  const path = taskPath(id);
  const task = path && (await world.ports.tasks.read(path));
  const key = task?.leases[0]?.accessKeyId ?? "";
  return { route: "GET /v1/tasks", query: { access_key_id: key }, bearer: world.operatorToken() };
};

const ending: Arrange = async (world) => {
  const task = await startTask(world);
  return { route: "POST /v1/tasks/{task}/end", path: { task: task.id }, bearer: world.operatorToken() };
};

/** Calls of the operations on tasks. */
export const TASKS = {
  readTask: {
    examples: {
      active: reading,
      waiting: async (world) => {
        const task = await waitingTask(world);
        return { route: "GET /v1/tasks/{task}", path: { task: task.id }, bearer: task.token };
      },
      completed: async (world) => {
        const task = await startTask(world);
        world.pass(42);
        await completeTask(world, task);
        return { route: "GET /v1/tasks/{task}", path: { task: task.id }, bearer: task.token };
      },
    },
    refused: refusedHolders(reading),
  },
  completeTask: {
    examples: {
      success: completing,
      failure: async (world) => ({ ...(await completing(world)), body: { json: { outcome: "failure" } } }),
    },
    refused: {
      ...refusedHolders(completing),
      ...refusedJson(completing),
      malformed_request: completingOddly,
      too_many_requests: refusedOnceMore(completingOddly),
      ...refusedEndings(completing),
    },
  },
  listTasks: {
    examples: { tasks: listing, ended: listingEnded, all: listingAll, tree: listingTree, found: finding },
    refused: {
      ...refusedOperators(listing),
      malformed_request: async (world) => ({ ...(await listing(world)), query: { after: "nowhere" } }),
      agent_not_found: async (world) => ({ ...(await listing(world)), query: { agent: "nobody" } }),
      task_unknown: async (world) => ({ ...(await listing(world)), query: { task: "nosuchtask00." } }),
    },
  },
  endTask: {
    examples: { ended: ending },
    refused: {
      ...refusedOperators(ending),
      malformed_request: async (world) => ({ ...(await ending(world)), path: { task: "no-task-id" } }),
      task_unknown: async (world) => ({ ...(await ending(world)), path: { task: "nosuchtask00." } }),
      contended: refusedEndings(ending).contended,
    },
  },
} as const satisfies ArrangementsOf<typeof tasks>;
