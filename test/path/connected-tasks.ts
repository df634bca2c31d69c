import type { Answer } from "../fakes/world/service.ts";
import type { ConnectedWorld } from "../harness/connected-world.ts";

/** `ConnectedWorld.remaining` where everything has been revoked. */
export const NOTHING = { logins: [], held: [], pendingRevocations: [] };

/** Lists the credentials of an answer, and marks their passwords as secrets of the world from now on. */
export function credentialsOf(one: ConnectedWorld, { body }: Answer) {
  const all = body.credentials ?? [];
  for (const { password } of all) if (typeof password === "string") one.world.secrets.add(password);
  return all;
}

/** Does everything that is due by now: the stream, the queue, and the sweep of the minutes after. */
export async function attempt(one: ConnectedWorld): Promise<void> {
  for (let minute = 0; minute < 3; minute += 1) {
    await one.sweep();
    await one.relay();
    await one.revokeLeases();
    one.world.pass(60);
  }
}
