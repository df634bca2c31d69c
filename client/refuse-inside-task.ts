import { ClientError } from "./exit-codes.ts";
import { unsetLine } from "./shell-quoting.ts";

const inside = (task: string): string => `this is inside task ${task} (VALETKEY_TASK)`;

const outside = (): string =>
  `run the command in a shell of your own, outside of \`valetkey exec\`. After \`valetkey env\`: ${unsetLine("VALETKEY_TASK")}`;

/**
 * Refuses an operator's command inside a task, where an agent could run it with the operator's rights. A precaution and not a security boundary: the
 * caller can remove the variable.
 * @throws {ClientError} refused
 */
export function refuseInsideTask({ VALETKEY_TASK: task }: NodeJS.ProcessEnv): void {
  if (!task) return;
  throw new ClientError(
    "refused",
    "inside_task",
    `${inside(task)}, and operators' tokens are not used inside a task: ${outside()}`,
  );
}

/** Writes why a command inside a task finds no identity token of the agent: `exec` hands none on. */
export const noneInside = (task: string): string =>
  `${inside(task)}, and a task's command gets no identity token of the agent: ${outside()}`;
