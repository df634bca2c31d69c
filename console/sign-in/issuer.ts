import { defined } from "../../functions/core/defined.ts";
import type { SignInSettings } from "../settings.ts";

/** Endpoints of an issuer, from its own discovery document. */
export interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  /** Address at which a person ends their session (OpenID Connect RP-Initiated Logout 1.0); absent where the issuer has none. */
  readonly endSession?: string;
  /** True where each answer of the issuer has `iss` (RFC 9207). */
  readonly namesItself: boolean;
}

/** Fault of an issuer that this page cannot reach or understand. The message includes what to do. */
export class IssuerFault extends Error {}

/**
 * Discovers an issuer (OpenID Connect Discovery 1.0, section 4). The addresses come from the issuer that the settings name, never from the API.
 * @throws {IssuerFault} for an issuer that cannot be reached, names another issuer, or has an unsafe address.
 */
export async function discover({ name, url }: Pick<SignInSettings, "name" | "url">): Promise<Endpoints> {
  const document = await fetchJson(`${url.replace(/\/$/, "")}/.well-known/openid-configuration`, name);
  if (document.issuer !== url) throw new IssuerFault(`${name} names itself as another issuer. Tell your operators.`);
  const [authorization, token, endSession] = [
    document.authorization_endpoint,
    document.token_endpoint,
    document.end_session_endpoint,
  ].map(String);
  if (!isSafe(authorization) || !isSafe(token))
    throw new IssuerFault(`${name} has no address at which to sign in. Tell your operators.`);
  return {
    authorization,
    token,
    ...(isSafe(endSession) ? { endSession } : {}),
    namesItself: document.authorization_response_iss_parameter_supported === true,
  };
}

export interface Tokens {
  readonly access_token?: unknown;
  readonly id_token?: unknown;
}

/**
 * Redeems a code for tokens (RFC 6749, section 4.1.3; RFC 7636).
 * @param resource repeated here, since the token has no particular audience without it (RFC 8707, section 2.2).
 * @throws {IssuerFault} where the issuer refuses.
 */
export async function redeem(
  { name, client, token }: { readonly name: string; readonly client: string; readonly token: string },
  code: { readonly code: string; readonly verifier: string; readonly redirectUri: string },
  resource?: string,
): Promise<Tokens> {
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: client,
    code: code.code,
    code_verifier: code.verifier,
    redirect_uri: code.redirectUri,
    ...defined({ resource }),
  });
  return fetchJson(token, name, { method: "POST", body });
}

async function fetchJson(
  url: string,
  name: string,
  init: RequestInit = {},
): Promise<Readonly<Record<string, unknown>>> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: "omit", cache: "no-store", redirect: "error" });
  } catch {
    throw new IssuerFault(`${name} cannot be reached. Check your connection, and try again.`);
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok || typeof body !== "object" || body === null)
    throw new IssuerFault(`${name} did not accept the sign-in (${response.status}). Sign in again.`);
  return body as Readonly<Record<string, unknown>>;
}

const isSafe = (url: string | undefined): url is string =>
  URL.canParse(url ?? "") &&
  /^https:|^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?\//.test(new URL(url ?? "").href);
