import type { PermissionName } from "../../contract/permissions.ts";
import { spellingsOf } from "../../contract/task-id.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { isTaskPath, type TaskPath } from "../core/task-path.ts";
import type { Task } from "../core/tasks/task.ts";
import { agentFor } from "../operators/agent-for.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";

/**
 * Returns the task's path, if policy permits the operation on its agent. Nobody else learns that the task exists.
 * @param id the task's id, with or without its last separator.
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
  const { path, task } = await foundBy(id, ports);
  if (task && isTheirs(task)) return path;
  await agentFor(operator, name, task?.agent ?? "", ports).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === "agent_not_found") throw new Refusal("task_unknown");
    throw error;
  });
  return path;
}

/** Finds the task that a text names. A root without its separator may be a task's of either separator. */
async function foundBy(text: string, { tasks }: Ports): Promise<{ readonly path: TaskPath; readonly task?: Task }> {
  const paths = spellingsOf(text).filter(isTaskPath);
  for (const path of paths) {
    const task = await tasks.read(path);
    if (task) return { path, task };
  }
  const [path] = paths;
  if (!path) throw new Refusal("malformed_request", { say: "The task's id is malformed." });
  return { path };
}
