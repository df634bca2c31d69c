import * as openid from "openid-client";
import { Browser } from "./browser.ts";

/** Parameters of one sign-in. */
export interface AskedSignIn {
  readonly clientId: string;
  readonly redirectUri: string;
  /** Id of the person who chooses themselves on the page; nobody where the session is to answer by itself. */
  readonly person?: string;
  readonly nonce?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Browser with the cookies of earlier sign-ins. */
  readonly browser?: Browser;
}

/** Code that a sign-in brought to the redirect address, with what redeems it. */
export interface SignedIn {
  readonly callback: URL;
  readonly verifier: string;
  redeem(): Promise<openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers>;
}

/** Signs in at a people's issuer as a page does it, by openid-client: code, PKCE, state and nonce. */
export async function signIn(issuer: string, asked: AskedSignIn): Promise<SignedIn> {
  const config = await openid.discovery(new URL(issuer), asked.clientId, undefined, openid.None(), {
    execute: [openid.allowInsecureRequests],
  });
  const [verifier, state] = [openid.randomPKCECodeVerifier(), openid.randomState()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: asked.redirectUri,
    scope: "openid",
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    ...(asked.nonce === undefined ? {} : { nonce: asked.nonce }),
    ...asked.parameters,
  });
  const browser = asked.browser ?? new Browser(asked.redirectUri);
  await browser.open(url);
  if (asked.person !== undefined) await browser.submit({ person: asked.person });
  const callback = browser.address;
  const { resource } = asked.parameters ?? {};
  return {
    callback,
    verifier,
    redeem: () =>
      openid.authorizationCodeGrant(
        config,
        callback,
        {
          pkceCodeVerifier: verifier,
          expectedState: state,
          ...(asked.nonce === undefined ? {} : { expectedNonce: asked.nonce }),
        },
        resource === undefined ? {} : { resource },
      ),
  };
}
