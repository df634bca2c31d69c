import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { operation } from "../operators/operation.ts";
import { describeWaiting } from "../steps/approvals/describe-waiting.ts";
import { describeTask } from "../steps/tasks/describe-task.ts";
import { endTask } from "../steps/tasks/end-task.ts";
import { taskFor } from "./task-for.ts";

/** `GET /v1/tasks?agent=`: the live tasks of one agent, and which of them wait for people. */
export const listTasks = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const id = new URLSearchParams(event.rawQueryString ?? "").get("agent");
    if (!id) throw new Refusal("malformed_request", { say: "Say whose tasks: ?agent=<id>." });
    const agent = await agentFor(operator, "valetkey:ListTasks", id, ports);
    const tasks = await Promise.all((await ports.agents.liveTasks(agent.id)).map((path) => ports.tasks.read(path)));
    return {
      tasks: await Promise.all(
        tasks
          .filter((task) => task !== undefined)
          .map(async (task) => ({ ...describeTask(task), ...(await describeWaiting(task, ports)) })),
      ),
    };
  });

/** `POST /v1/tasks/{task}/end`: any task, by an operator. */
export const endAnyTask = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator, record) => {
    const path = await taskFor(operator, "valetkey:EndTask", event.pathParameters?.task ?? "", ports);
    record.note({ task: path });
    const { task } = await endTask(path, { status: "revoked" }, operator.id, ports);
    return describeTask(task);
  });
