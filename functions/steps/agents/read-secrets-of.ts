import type { AgentId } from "../../../contract/agent-id.ts";
import { atOnce } from "../../core/at-once.ts";
import type { SecretLocks, SecretState, SeenSecret } from "../../core/secrets/secret-lock.ts";

/** Upper bound on the secrets that are read at the same time. */
const AT_ONCE = 24;

/** Lists every secret that was ever delivered to the agent, with the secret's current state. */
export async function readSecretsOf(
  agent: AgentId,
  { locks }: { readonly locks: Pick<SecretLocks, "seenBy" | "find"> },
): Promise<readonly { readonly seen: SeenSecret; readonly state: SecretState | undefined }[]> {
  return atOnce(AT_ONCE, await locks.seenBy(agent), async (seen) => ({ seen, state: await locks.find(seen.name) }));
}
