import type { SignInSettings } from "../settings.ts";
import type { Pending } from "./pending.ts";
import { challengeOf } from "./random-text.ts";

/** Writes the address of a sign-in that lets the person read. @param isAsked true where the issuer must ask who signs in. */
export const readingUrl = (
  endpoint: string,
  issuer: SignInSettings,
  pending: Pending,
  redirectUri: string,
  isAsked = false,
): Promise<string> =>
  addressOf(endpoint, pending, {
    ...issuer.parameters,
    ...(isAsked ? { prompt: "login" } : {}),
    client_id: issuer.client_id,
    scope: issuer.scope,
    redirect_uri: redirectUri,
  });

/**
 * Writes the address of a sign-in that is a vote. The person must sign in again, even with a session at the issuer.
 * @param acr classes of sign-in that the group requires.
 */
export const voteUrl = (
  endpoint: string,
  client: string,
  pending: Pending,
  redirectUri: string,
  acr: readonly string[],
): Promise<string> =>
  addressOf(endpoint, pending, {
    client_id: client,
    scope: "openid",
    redirect_uri: redirectUri,
    prompt: "login",
    max_age: "0",
    ...(acr.length === 0 ? {} : { acr_values: acr.join(" ") }),
  });

async function addressOf(
  endpoint: string,
  { state, nonce, verifier }: Pending,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const url = new URL(endpoint);
  const all = {
    ...parameters,
    response_type: "code",
    state,
    nonce,
    code_challenge: await challengeOf(verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
  return url.href;
}
