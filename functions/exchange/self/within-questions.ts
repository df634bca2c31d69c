import { RATE_LIMITS } from "../../../contract/limits.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { countAgainstLimit, refuseKnownFlood } from "../../steps/requests/count-against-limit.ts";
import type { Identity } from "../../steps/requests/verify-identity.ts";

/**
 * Counts a question of an agent. A question with a used token counts apart, as `stale`: whoever has seen such a token can
 * send it.
 * @returns true for a used token.
 * @throws {Refusal} too_many_requests, store_unavailable.
 */
export async function withinQuestions(
  { agent, use }: Pick<Identity, "agent" | "use">,
  ports: Pick<SealingPorts, "rateLimits" | "clock" | "tasks">,
): Promise<boolean> {
  refuseKnownFlood(agent.id, "question", RATE_LIMITS.question, ports);
  const isUsed = await ports.tasks.isTokenUsed(use);
  const what = isUsed ? "stale" : "question";
  await countAgainstLimit(agent.id, what, RATE_LIMITS[what], ports);
  return isUsed;
}
