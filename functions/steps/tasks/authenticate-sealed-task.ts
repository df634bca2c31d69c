import type { RefusalCode } from "../../../contract/refusals.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { sealedTokenOf } from "../../core/tasks/sealed-fields.ts";
import { isOneOf, parseToken } from "../../core/tasks/token.ts";
import { authenticateTask } from "./authenticate-task.ts";
import { type BelievedTask, believeTask, refuseUnsealed } from "./believe-task.ts";

/**
 * Finds the task of a task token, and verifies the seals of both. Without them the exchange issues nothing. To the caller, a changed record looks like a
 * token that was never issued.
 * @param expected task id in the request's path, where the path has one.
 * @param otherwise refusal of an invalid token: RFC 6750 for a Bearer token, RFC 8693 for a subject token.
 * @throws {Refusal} task_token_invalid (or `otherwise`), store_unavailable.
 */
export async function authenticateSealedTask(
  token: string | undefined,
  expected: string | undefined,
  ports: Pick<Ports, "tasks" | "seals" | "log">,
  otherwise: RefusalCode = "task_token_invalid",
): Promise<BelievedTask> {
  const { task } = await authenticateTask(token, expected, ports, otherwise);
  const presentedHash = parseToken(token ?? "")?.hash ?? "";
  const refusal = new Refusal(otherwise);
  const [first, ...further] = task.tokens;
  // The task's own seal covers the first token.
  if (!first || !isOneOf(presentedHash, [first.hash])) {
    const seal = further.find(({ hash }) => isOneOf(presentedHash, [hash]))?.seal;
    const sealed = sealedTokenOf(task.path, { hash: presentedHash });
    await refuseUnsealed("task-token", sealed, seal, task.path, ports, refusal);
  }
  return believeTask(task, ports, refusal);
}
