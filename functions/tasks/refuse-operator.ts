import { Refusal } from "../core/refusal.ts";

/**
 * Refuses an OIDC token in place of a task token, and names the operators' route. The answer depends on the form of the
 * caller's own token alone, so it shows nothing of the task.
 * @throws {Refusal} task_token_invalid.
 */
export function refuseOperator(token: string | undefined, route: string): void {
  if (token?.startsWith("eyJ"))
    throw new Refusal("task_token_invalid", { say: `Operators use ${route} in its place.` });
}
