import { ClientError } from "./exit-codes.ts";

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
    `this is inside task ${task} (VALETKEY_TASK), and operators' tokens are not used inside a task: run the command in a shell of your own, outside of valetkey exec. After valetkey env: unset VALETKEY_TASK`,
  );
}
