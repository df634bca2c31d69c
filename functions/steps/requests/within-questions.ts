import { RATE_LIMITS } from "../../../contract/limits.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { countAgainstLimit, refuseKnownFlood } from "./count-against-limit.ts";
import type { RequestRecord } from "./request-record.ts";
import type { Identity } from "./verify-identity.ts";

/**
 * Counts a question of an agent. Refuses a used token, as the exchange does: whoever has seen such a token can send it. The refusal counts apart, as
 * `stale`, so that it blocks no question of the agent.
 * @throws {Refusal} too_many_requests, token_replayed, store_unavailable.
 */
export async function withinQuestions(
  { agent, use }: Pick<Identity, "agent" | "use">,
  record: Pick<RequestRecord, "staleIf">,
  ports: Pick<Ports, "rateLimits" | "clock" | "tasks">,
): Promise<void> {
  record.staleIf(() => ports.tasks.isTokenUsed(use));
  refuseKnownFlood(agent.id, "question", RATE_LIMITS.question, ports);
  if (await ports.tasks.isTokenUsed(use)) {
    refuseKnownFlood(agent.id, "stale", RATE_LIMITS.stale, ports);
    throw new Refusal("token_replayed");
  }
  await countAgainstLimit(agent.id, "question", RATE_LIMITS.question, ports);
}
