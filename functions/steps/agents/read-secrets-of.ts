import { atOnce } from "../../core/at-once.ts";
import type { SecretHolds, SecretState, SeenSecret } from "../../core/secrets/secret-hold.ts";

/** How many are read at one time. */
const AT_ONCE = 24;

/** Every secret that the agent was ever given, with what is known of it now. */
export async function readSecretsOf(
  agent: string,
  { holds }: { readonly holds: Pick<SecretHolds, "seenBy" | "find"> },
): Promise<readonly { readonly seen: SeenSecret; readonly state: SecretState | undefined }[]> {
  return atOnce(AT_ONCE, await holds.seenBy(agent), async (seen) => ({ seen, state: await holds.find(seen.name) }));
}
