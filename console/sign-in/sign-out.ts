import type { SignInSettings } from "../settings.ts";
import { forget } from "../state.ts";
import { discover } from "./issuer.ts";
import { fresh, redirectUri } from "./leave.ts";
import { keepPending } from "./pending.ts";

/**
 * Signs the person out: forgets them here at once, and leaves for the issuer, which ends their session, where it has an address for that
 * (OpenID Connect RP-Initiated Logout 1.0). Sends no ID token as a hint, since an ID token may be what the API accepts, and must be in no address.
 */
export async function signOut(issuer: SignInSettings | undefined): Promise<void> {
  forget();
  const { endSession } = (issuer && (await discover(issuer).catch(() => undefined))) ?? {};
  if (!issuer || endSession === undefined) return;
  const pending = { kind: "end", ...fresh(issuer, "/") } as const;
  keepPending(sessionStorage, pending);
  const url = new URL(endSession);
  const all = { client_id: issuer.client_id, post_logout_redirect_uri: redirectUri(), state: pending.state };
  for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
  location.assign(url);
}
