import { RATE_LIMITS } from "../../../contract/limits.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { countAgainstLimit, refuseKnownFlood } from "../../steps/requests/count-against-limit.ts";
import type { RequestRecord } from "../../steps/requests/request-record.ts";
import type { Identity } from "../../steps/requests/verify-identity.ts";
import { refuseStale } from "../vend/refuse-known.ts";

/**
 * Counts a question of an agent. Refuses a used token, as the exchange does: whoever has seen such a token can send it. The refusal counts apart, as
 * `stale`, so that it blocks no question of the agent.
 * @throws {Refusal} too_many_requests, token_replayed, store_unavailable.
 */
export async function withinQuestions(
  identity: Pick<Identity, "agent" | "use">,
  record: Pick<RequestRecord, "staleIf">,
  ports: Pick<SealingPorts, "rateLimits" | "clock" | "tasks">,
): Promise<void> {
  const { agent, use } = identity;
  record.staleIf(() => ports.tasks.isTokenUsed(use));
  refuseKnownFlood(agent.id, "question", RATE_LIMITS.question, ports);
  await refuseStale(identity, ports);
  if (await ports.tasks.isTokenUsed(use)) throw new Refusal("token_replayed");
  await countAgainstLimit(agent.id, "question", RATE_LIMITS.question, ports);
}
