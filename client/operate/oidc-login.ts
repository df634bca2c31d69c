import * as oidc from "openid-client";
import type { Login } from "./login-file.ts";

/** What is asked of the issuer. */
export interface LoginRequest {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** RFC 8707: whose token it is to be, for issuers that want to be told. */
  readonly resource: string | undefined;
}

/**
 * A login in the browser: authorization code with PKCE (RFC 7636), answered to a port on loopback (RFC 8252).
 * @param receive listens, shows the address to the person, and resolves with the address that the browser came back with.
 * @throws openid-client's errors: this file is loaded apart from the rest.
 */
export async function loginInBrowser(
  request: LoginRequest,
  redirectUri: string,
  receive: (authorizationUrl: URL) => Promise<URL>,
): Promise<Login> {
  const config = await discovered(request);
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const parameters = {
    redirect_uri: redirectUri,
    scope: request.scope,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...(request.resource === undefined ? {} : { resource: request.resource }),
  };
  const answered = await receive(oidc.buildAuthorizationUrl(config, parameters));
  const tokens = await oidc.authorizationCodeGrant(config, answered, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });
  return loginOf(tokens, request);
}

/** A login on another device (RFC 8628): for machines without a browser. @param show shows the person where to go, and the code. */
export async function loginOnDevice(
  request: LoginRequest,
  show: (address: string, code: string) => void,
): Promise<Login> {
  const config = await discovered(request);
  const answer = await oidc.initiateDeviceAuthorization(config, {
    scope: request.scope,
    ...(request.resource === undefined ? {} : { resource: request.resource }),
  });
  show(answer.verification_uri_complete ?? answer.verification_uri, answer.user_code);
  return loginOf(await oidc.pollDeviceAuthorizationGrant(config, answer), request);
}

export async function refreshLogin(login: Login): Promise<Login> {
  const config = await discovered(login);
  const tokens = await oidc.refreshTokenGrant(config, login.refreshToken ?? "");
  return { ...loginOf(tokens, login, login.kind), refreshToken: tokens.refresh_token ?? login.refreshToken ?? "" };
}

function discovered({ issuer, clientId }: Pick<LoginRequest, "issuer" | "clientId">): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  // safeUrl has seen to it that http is loopback's alone.
  const execute = url.protocol === "http:" ? [oidc.allowInsecureRequests] : [];
  return oidc.discovery(url, clientId, undefined, oidc.None(), { execute, timeout: 10 });
}

function loginOf(
  tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  { issuer, clientId }: Pick<LoginRequest, "issuer" | "clientId">,
  kind = isJwt(tokens.access_token) ? ("access" as const) : ("id" as const),
): Login {
  const token = kind === "access" ? tokens.access_token : tokens.id_token;
  if (token === undefined) throw new Error("the issuer gave no token that is a JWT");
  return {
    token,
    expiresAtMs: expiryOf(token),
    issuer,
    clientId,
    kind,
    ...(tokens.refresh_token === undefined ? {} : { refreshToken: tokens.refresh_token }),
  };
}

const isJwt = (token: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);

/** The token's own word; valetkey verifies it, here it only tells when to refresh. */
const expiryOf = (token: string): number =>
  Number(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")).exp) * 1_000;
