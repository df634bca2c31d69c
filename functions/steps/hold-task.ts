import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { Task } from "../core/tasks/task.ts";
import { isOneOf, parseToken } from "../core/tasks/token.ts";

declare const held: unique symbol;

/** A task whose caller has shown its task token. It may have ended. */
export interface HeldTask {
  readonly [held]: true;
  readonly task: Task;
}

/**
 * The task that the token is for, strongly read. A token that was never issued and one of another task look the same.
 * @param expected the id in the address, where there is one.
 * @throws {Refusal} task_token_invalid, store_unavailable.
 */
export async function holdTask(
  token: string | undefined,
  expected: string | undefined,
  ports: Pick<Ports, "tasks">,
): Promise<HeldTask> {
  const parsed = token === undefined ? undefined : parseToken(token);
  if (parsed?.kind !== "vk" || (expected !== undefined && parsed.path !== expected))
    throw new Refusal("task_token_invalid");
  const task = await ports.tasks.read(parsed.path);
  if (!task || !isOneOf(parsed.hash, task.tokens)) throw new Refusal("task_token_invalid");
  return { task } as unknown as HeldTask;
}
