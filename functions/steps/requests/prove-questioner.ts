import { RATE_LIMITS } from "../../../contract/limits.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { countAgainstLimit, refuseKnownFlood } from "./count-against-limit.ts";
import type { RequestRecord } from "./request-record.ts";
import { type Identity, verifyIdentity } from "./verify-identity.ts";

type Needs = Parameters<typeof verifyIdentity>[2] & Pick<Ports, "rateLimits" | "tasks">;

/**
 * Proves which agent asks a question that opens nothing, and counts the question. Refuses a used token, as the exchange does: whoever has seen such a token
 * can send it. The refusal counts apart, as `stale`, so that it blocks no question of the agent.
 * @throws {Refusal} token_malformed without a token, those of `verifyIdentity`, too_many_requests, token_replayed, store_unavailable.
 */
export async function proveQuestioner(
  token: string | undefined,
  record: Pick<RequestRecord, "note" | "staleIf">,
  ports: Needs,
): Promise<Identity> {
  if (token === undefined) throw new Refusal("token_malformed", { lacksToken: true });
  const identity = await verifyIdentity(token, ports.deployment.audiences.exchange, ports);
  const { agent, subject, use } = identity;
  record.note({ agent: agent.id, subject });
  record.staleIf(() => ports.tasks.isTokenUsed(use));
  refuseKnownFlood(agent.id, "question", RATE_LIMITS.question, ports);
  if (await ports.tasks.isTokenUsed(use)) {
    refuseKnownFlood(agent.id, "stale", RATE_LIMITS.stale, ports);
    throw new Refusal("token_replayed");
  }
  await countAgainstLimit(agent.id, "question", RATE_LIMITS.question, ports);
  return identity;
}
