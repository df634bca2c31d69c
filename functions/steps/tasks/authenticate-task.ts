import { made } from "../../core/made.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal, type RefusalCode } from "../../core/refusal.ts";
import type { Task } from "../../core/tasks/task.ts";
import { isOneOf, parseToken } from "../../core/tasks/token.ts";

declare const held: unique symbol;

/** A task whose caller has shown its task token. It may have ended, and nobody has verified its seal: enough to look at it and to end it. */
export interface AuthenticatedTask {
  readonly [held]: true;
  readonly task: Task;
}

/**
 * The task that the token is for, strongly read. A token that was never issued and one of another task look the same.
 * @param expected the id in the address, where there is one.
 * @param otherwise the refusal where it is not: RFC 6750 for a Bearer token, RFC 8693 for a subject token.
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
  if (parsed?.kind !== "vk" || (expected !== undefined && parsed.path !== expected)) throw new Refusal(otherwise);
  const task = await ports.tasks.read(parsed.path);
  if (
    !task ||
    !isOneOf(
      parsed.hash,
      task.tokens.map(({ hash }) => hash),
    )
  )
    throw new Refusal(otherwise);
  return made<AuthenticatedTask>({ task });
}
