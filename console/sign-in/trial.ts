import type { SignInSettings } from "../settings.ts";
import { voteUrl } from "./authorization-url.ts";
import { discover, type Endpoints, redeem } from "./issuer.ts";
import { faultInWords, fresh, leave, redirectUri } from "./leave.ts";
import { keepPending, type PendingTrial, type Tried } from "./pending.ts";

/** Leaves for a sign-in with the same parameters as a vote. The page makes the nonce, so that no link can choose it. */
export async function tryToSignIn(issuer: SignInSettings, client: string, acr: readonly string[]): Promise<void> {
  await leave(async () => {
    const { authorization } = await discover(issuer);
    const pending = { kind: "trial", ...fresh(issuer, `/sign-in/${issuer.name}`) } as const;
    keepPending(sessionStorage, pending);
    return voteUrl(authorization, client, pending, redirectUri(), acr);
  });
}

/** Redeems the code of a tried sign-in, or returns the code where the hub redeems the codes of votes. */
export async function finishTrial(
  code: string,
  { issuer: name, verifier, nonce, at }: PendingTrial,
  { approvals }: SignInSettings,
  { token }: Endpoints,
): Promise<Tried> {
  const tried = { issuer: name, begun_at: Math.floor(at / 1_000), nonce };
  if (approvals?.token_exchange === "hub")
    return { ...tried, code, code_verifier: verifier, redirect_uri: redirectUri() };
  try {
    const client = approvals?.client_id ?? "";
    const { id_token } = await redeem({ name, client, token }, { code, verifier, redirectUri: redirectUri() });
    return typeof id_token === "string"
      ? { ...tried, id_token }
      : { ...tried, fault: `${name} answered without an ID token.` };
  } catch (error) {
    return { ...tried, fault: faultInWords(error) };
  }
}
