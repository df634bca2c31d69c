import type { Agent } from "../../core/identity/agent.ts";
import { closesAt } from "../../core/offboarding/closes-at.ts";
import { isToBeAsked } from "../../core/offboarding/report-secret.ts";
import type { Clock } from "../../core/ports.ts";
import type { SecretLocks } from "../../core/secrets/secret-lock.ts";
import { readSecretsOf } from "./read-secrets-of.ts";

export interface AskNeeds {
  readonly locks: Pick<SecretLocks, "seenBy" | "find" | "requestRotation">;
  readonly clock: Clock;
}

/**
 * Requests the rotation of every secret that the agent knows, after which no older value may work; `rotate` carries the requests out. Requests that
 * are open or done are not repeated. Call it only after the agent's tasks have ended.
 * @throws {Refusal} contended, store_unavailable.
 */
export async function askForRotations(agent: Agent, by: string, ports: AskNeeds): Promise<void> {
  if (agent.status !== "offboarding") return;
  const closes = closesAt(agent);
  const nowSeconds = Math.floor(ports.clock.nowMs() / 1_000);
  for (const { seen, state } of await readSecretsOf(agent.id, ports)) {
    const { name, arn } = seen;
    if (isToBeAsked(seen, state, closes, nowSeconds))
      await ports.locks.requestRotation({ name, arn, retires: true }, by, nowSeconds);
  }
}
