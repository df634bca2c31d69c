import type { RefusalCode } from "../../../contract/refusals.ts";
import { isSpellingOf } from "../../../contract/task-id.ts";
import { brand } from "../../core/brand.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { Task } from "../../core/tasks/task.ts";
import { isOneOf, parseToken } from "../../core/tasks/token.ts";

declare const held: unique symbol;

/**
 * Task whose caller has presented its task token. The task may have ended, and its seal is unverified, so a caller may
 * only read it and end it.
 */
export interface AuthenticatedTask {
  readonly [held]: true;
  readonly task: Task;
}

/**
 * Finds the task of a task token, strongly read. A token that was never issued and one of another task are refused alike.
 * @param expected task id in the request's path, where it has one; its last separator may be missing.
 * @param otherwise refusal of an invalid token: RFC 6750 for a Bearer token, RFC 8693 for a subject token.
 * @throws {Refusal} task_token_invalid (or `otherwise`), store_unavailable.
 */
export async function authenticateTask(
  token: string | undefined,
  expected: string | undefined,
  ports: Pick<Ports, "tasks">,
  otherwise: RefusalCode = "task_token_invalid",
): Promise<AuthenticatedTask> {
  if (token === undefined) throw new Refusal(otherwise, { lacksToken: true });
  const parsed = parseToken(token);
  if (parsed?.kind !== "vk" || (expected !== undefined && !isSpellingOf(expected, parsed.path)))
    throw new Refusal(otherwise);
  const task = await ports.tasks.read(parsed.path);
  if (
    !task ||
    !isOneOf(
      parsed.hash,
      task.tokens.map(({ hash }) => hash),
    )
  )
    throw new Refusal(otherwise);
  return brand<AuthenticatedTask>({ task });
}
