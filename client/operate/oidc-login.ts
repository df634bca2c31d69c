import * as oidc from "openid-client";
import type { Login } from "./login-file.ts";

/** What is asked of the issuer. */
export interface LoginRequest {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** What `aud` of the token must be. */
  readonly audience: string;
  /** RFC 8707: whose token it is to be, for issuers that want to be told. */
  readonly resource: string | undefined;
  /** How long somebody may take. */
  readonly patienceMs: number;
}

type Issued = Pick<LoginRequest, "issuer" | "clientId" | "audience"> & { readonly resource?: string | undefined };

/**
 * A login in the browser: authorization code with PKCE (RFC 7636), answered to a port on loopback (RFC 8252).
 * @param receive shows the address to the person, and resolves with the address that the browser came back with, which has this state.
 * @throws openid-client's errors, which have a `code` or OAuth's `error`: this file is loaded apart from the rest.
 */
export async function loginInBrowser(
  request: LoginRequest,
  redirectUri: string,
  receive: (authorizationUrl: URL, state: string) => Promise<URL>,
): Promise<Login> {
  const config = await discovered(request);
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const parameters = {
    ...asked(request),
    redirect_uri: redirectUri,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  };
  const answered = await receive(oidc.buildAuthorizationUrl(config, parameters), state);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  // RFC 8707, section 2.2: said again, or the access token is for nobody in particular.
  return loginOf(await oidc.authorizationCodeGrant(config, answered, checks, resourceOf(request)), request);
}

/** A login on another device (RFC 8628): for machines without a browser. @param show shows the person where to go, and the code. */
export async function loginOnDevice(
  request: LoginRequest,
  show: (address: string, code: string) => void,
): Promise<Login> {
  const config = await discovered(request);
  const answer = await oidc.initiateDeviceAuthorization(config, asked(request));
  show(answer.verification_uri_complete ?? answer.verification_uri, answer.user_code);
  const signal = AbortSignal.timeout(request.patienceMs);
  const tokens = await oidc
    .pollDeviceAuthorizationGrant(config, answer, resourceOf(request), { signal })
    .catch((error: unknown) => {
      throw signal.aborted ? Object.assign(new Error("nobody came"), { code: "NOBODY_CAME" }) : error;
    });
  return loginOf(tokens, request);
}

/** The login with a fresh token; the refresh token is the new one, where the issuer changes it each time. */
export async function refreshLogin(login: Login): Promise<Login> {
  const config = await discovered(login);
  const tokens = await oidc.refreshTokenGrant(config, login.refreshToken ?? "", resourceOf(login));
  return { ...login, ...loginOf(tokens, login) };
}

function discovered({ issuer, clientId }: Issued): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  // safeUrl has seen to it that http is loopback's alone.
  const execute = url.protocol === "http:" ? [oidc.allowInsecureRequests] : [];
  return oidc.discovery(url, clientId, undefined, oidc.None(), { execute, timeout: 10 });
}

const asked = (request: LoginRequest): Record<string, string> => ({
  scope: request.scope,
  // OpenID Connect Core, section 11: without it an issuer may leave the refresh token out.
  ...(request.scope.split(" ").includes("offline_access") && { prompt: "consent" }),
  ...resourceOf(request),
});

const resourceOf = ({ resource }: Issued): Record<string, string> => (resource === undefined ? {} : { resource });

/** Whichever of the tokens is for the service: an access token where the issuer knows it as a resource, the ID token where it is the client. */
function loginOf(tokens: oidc.TokenEndpointResponse, { issuer, clientId, audience, resource }: Issued): Login {
  const candidates = [tokens.access_token, tokens.id_token].flatMap((token) => {
    const claims = claimsOf(token);
    return token !== undefined && claims ? [{ token, ...claims }] : [];
  });
  // And for nobody else: valetkey refuses what another service could replay.
  const found = candidates.find(({ aud }) => [aud].flat().length === 1 && [aud].flat()[0] === audience);
  if (!found) throw Object.assign(new Error("no token for the service"), { code: "WRONG_AUDIENCE" });
  return {
    token: found.token,
    // The token's own word; valetkey verifies it, here it only tells when to refresh.
    expiresAtMs: Number(found.exp) * 1_000,
    issuer,
    clientId,
    audience,
    ...(resource !== undefined && { resource }),
    ...(tokens.refresh_token !== undefined && { refreshToken: tokens.refresh_token }),
  };
}

/** What a JWT says, unverified; nothing where it is none: an access token may be anything. */
function claimsOf(token = ""): { readonly aud: unknown; readonly exp: unknown } | undefined {
  try {
    const { aud, exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return { aud, exp };
  } catch {
    return undefined;
  }
}
