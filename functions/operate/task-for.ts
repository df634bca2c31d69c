import type { PermissionName } from "../../contract/permissions.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { type TaskPath, taskPath } from "../core/task-path.ts";
import type { Task } from "../core/tasks/task.ts";
import { agentFor } from "../operators/agent-for.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";

/**
 * Returns the task's path, if policy permits the operation on its agent. Nobody else learns that the task exists.
 * @param isTheirs true for a task that the operator may access as the person for whom it acts; false for every task unless given.
 * @throws {Refusal} malformed_request, operator_denied, task_unknown.
 */
export async function taskFor(
  operator: OperatorIdentity,
  name: PermissionName,
  id: string,
  ports: Ports,
  isTheirs: (task: Task) => boolean = () => false,
): Promise<TaskPath> {
  const path = taskPath(id);
  if (!path) throw new Refusal("malformed_request", { say: "The task's id is malformed." });
  const task = await ports.tasks.read(path);
  if (task && isTheirs(task)) return path;
  await agentFor(operator, name, task?.agent ?? "", ports).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === "agent_not_found") throw new Refusal("task_unknown");
    throw error;
  });
  return path;
}
