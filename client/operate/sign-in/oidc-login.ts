import * as oidc from "openid-client";
import type { Login } from "./login-file.ts";

/** Parameters of a login. */
export interface LoginRequest {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** Required `aud` of the token. */
  readonly audience: string;
  /** Resource indicator, for issuers that need one (RFC 8707). */
  readonly resource: string | undefined;
  /** Longest wait for the person; milliseconds. */
  readonly patienceMs: number;
}

type Issued = Pick<LoginRequest, "issuer" | "clientId" | "audience"> & { readonly resource?: string | undefined };

/**
 * Logs in by the browser: authorization code with PKCE (RFC 7636), redirected to a port on loopback (RFC 8252).
 * @param receive shows the URL to the person, and resolves with the redirect's URL for this state.
 * @throws openid-client's errors, which have a `code` or OAuth's `error`, since this file is bundled separately.
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
    ...parametersOf(request),
    redirect_uri: redirectUri,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  };
  const answered = await receive(oidc.buildAuthorizationUrl(config, parameters), state);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  // RFC 8707, section 2.2: repeats the resource, without which the access token has no particular audience.
  return loginOf(await oidc.authorizationCodeGrant(config, answered, checks, resourceOf(request)), request);
}

/** Logs in on another device (RFC 8628), for machines without a browser. @param show shows the person the URL and the code. */
export async function loginOnDevice(
  request: LoginRequest,
  show: (address: string, code: string) => void,
): Promise<Login> {
  const config = await discovered(request);
  const answer = await oidc.initiateDeviceAuthorization(config, parametersOf(request));
  show(answer.verification_uri_complete ?? answer.verification_uri, answer.user_code);
  const signal = AbortSignal.timeout(request.patienceMs);
  const tokens = await oidc
    .pollDeviceAuthorizationGrant(config, answer, resourceOf(request), { signal })
    .catch((error: unknown) => {
      throw signal.aborted ? Object.assign(new Error("nobody came"), { code: "NOBODY_CAME" }) : error;
    });
  return loginOf(tokens, request);
}

/** Refreshes a login's token; takes the new refresh token where the issuer rotates it. */
export async function refreshLogin(login: Login): Promise<Login> {
  const config = await discovered(login);
  const tokens = await oidc.refreshTokenGrant(config, login.refreshToken ?? "", resourceOf(login));
  return { ...login, ...loginOf(tokens, login) };
}

function discovered({ issuer, clientId }: Issued): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  // safeUrl permits http only for loopback.
  const execute = url.protocol === "http:" ? [oidc.allowInsecureRequests] : [];
  return oidc.discovery(url, clientId, undefined, oidc.None(), { execute, timeout: 10 });
}

const parametersOf = (request: LoginRequest): Record<string, string> => ({
  scope: request.scope,
  // OpenID Connect Core, section 11: without the prompt an issuer may omit the refresh token.
  ...(request.scope.split(" ").includes("offline_access") && { prompt: "consent" }),
  ...resourceOf(request),
});

const resourceOf = ({ resource }: Issued): Record<string, string> => (resource === undefined ? {} : { resource });

/**
 * Chooses the token whose only audience is the service. An issuer with a resource for the service puts it in the access token; an issuer with a client of
 * that name puts it in the ID token.
 */
function loginOf(tokens: oidc.TokenEndpointResponse, { issuer, clientId, audience, resource }: Issued): Login {
  const candidates = [tokens.access_token, tokens.id_token].flatMap((token) => {
    const claims = claimsOf(token);
    return token !== undefined && claims ? [{ token, ...claims }] : [];
  });
  // Takes a token with this audience only, since valetkey refuses one that another service could replay.
  const found = candidates.find(({ aud }) => [aud].flat().length === 1 && [aud].flat()[0] === audience);
  if (!found) throw Object.assign(new Error("no token for the service"), { code: "WRONG_AUDIENCE" });
  return {
    token: found.token,
    // Unverified: here it only decides when to refresh, and valetkey verifies the token.
    expiresAtMs: Number(found.exp) * 1_000,
    issuer,
    clientId,
    audience,
    ...(resource !== undefined && { resource }),
    ...(tokens.refresh_token !== undefined && { refreshToken: tokens.refresh_token }),
  };
}

/** Parses a JWT's claims, unverified; undefined for another text, since an access token may have any form. */
function claimsOf(token = ""): { readonly aud: unknown; readonly exp: unknown } | undefined {
  try {
    const { aud, exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return { aud, exp };
  } catch {
    return undefined;
  }
}
