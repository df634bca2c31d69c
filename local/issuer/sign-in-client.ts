import * as openid from "openid-client";
import { defined } from "../../functions/core/defined.ts";
import { Browser } from "./browser.ts";

/** Parameters of one sign-in. */
export interface SignInRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  /** Id of the person to choose on the page; absent where the browser's session must suffice. */
  readonly person?: string;
  readonly nonce?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Browser with the cookies of earlier sign-ins. */
  readonly browser?: Browser;
}

/** Result of a sign-in: the redirect with its code, and the function that redeems the code. */
export interface SignedIn {
  readonly callback: URL;
  readonly verifier: string;
  redeem(): Promise<openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers>;
}

/** Signs in at a people's issuer as a page does, by openid-client: code, PKCE, state and nonce. */
export async function signIn(issuer: string, request: SignInRequest): Promise<SignedIn> {
  const config = await openid.discovery(new URL(issuer), request.clientId, undefined, openid.None(), {
    execute: [openid.allowInsecureRequests],
  });
  const [verifier, state] = [openid.randomPKCECodeVerifier(), openid.randomState()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: request.redirectUri,
    scope: "openid",
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    ...defined({ nonce: request.nonce }),
    ...request.parameters,
  });
  const browser = request.browser ?? new Browser(request.redirectUri);
  await browser.open(url);
  if (request.person !== undefined) await browser.submit({ person: request.person });
  const callback = browser.address;
  const { resource } = request.parameters ?? {};
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
          ...defined({ expectedNonce: request.nonce }),
        },
        resource === undefined ? {} : { resource },
      ),
  };
}
