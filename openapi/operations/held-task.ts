import type { Operation } from "../operation.ts";
import { waitingTask } from "../recording/approvals.ts";
import type { Arrange } from "../recording/call.ts";
import { COMPLETION, completeTask, startTask } from "../recording/story.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOnceMore } from "../refused/flood.ts";
import { refusedEndings, refusedHolders } from "../refused/holder.ts";

const reading: Arrange = async (world) => {
  const task = await startTask(world);
  return { route: "GET /v1/tasks/{task}", path: { task: task.id }, bearer: task.token };
};

/** `GET /v1/tasks/{task}` */
export const readTask: Operation = {
  id: "readTask",
  tag: "Tasks",
  description: "For the task's holder: the granted details, the leases, and the outcome. Contains no credential.",
  answer: { status: 200, says: "The task, ended or not.", schema: "Task" },
  accepted: {
    active: { says: "A live task", arrange: reading },
    waiting: {
      says: "A task that waits for people",
      arrange: async (world) => {
        const task = await waitingTask(world);
        return { route: "GET /v1/tasks/{task}", path: { task: task.id }, bearer: task.token };
      },
    },
    completed: {
      says: "A task that was completed",
      arrange: async (world) => {
        const task = await startTask(world);
        world.pass(42);
        await completeTask(world, task);
        return { route: "GET /v1/tasks/{task}", path: { task: task.id }, bearer: task.token };
      },
    },
  },
  refused: refusedHolders(reading),
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

/** `POST /v1/tasks/{task}/complete` */
export const completeTaskOperation: Operation = {
  id: "completeTask",
  tag: "Tasks",
  description:
    "The holder ends its task with an outcome. From then on nothing is issued or renewed for the task, and AWS denies its credentials within seconds. A task that has already ended is returned unchanged.",
  body: { mediaType: "application/json", schema: "Completion" },
  answer: { status: 200, says: "The task, ended.", schema: "Task" },
  accepted: {
    success: { says: "A task that succeeded", arrange: completing },
    failure: {
      says: "A task that failed",
      arrange: async (world) => ({ ...(await completing(world)), body: { json: { outcome: "failure" } } }),
    },
  },
  refused: {
    ...refusedHolders(completing),
    ...refusedJson(completing),
    malformed_request: completingOddly,
    too_many_requests: refusedOnceMore(completingOddly),
    ...refusedEndings(completing),
  },
};
