import { ClientError } from "./exit-codes.ts";

/**
 * Refuses an operator's command inside a task: an operator's rights are not the task's, and whatever runs there may be an agent.
 * A fence and no wall: the variable can be taken out by whoever wants to.
 * @throws {ClientError} refused
 */
export function refuseInsideTask({ VALETKEY_TASK: task }: NodeJS.ProcessEnv): void {
  if (!task) return;
  throw new ClientError(
    "refused",
    "inside_task",
    `this is inside task ${task} (VALETKEY_TASK), and operators' tokens are not used there: run the command in a shell of your own, outside of valetkey exec. After valetkey env: unset VALETKEY_TASK`,
  );
}
