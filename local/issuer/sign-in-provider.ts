import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { JWK } from "jose";
import type { Provider } from "oidc-provider";
import type { LocalPerson } from "./people.ts";
import { PAGE_HEADERS, signedOutPage, signInPage, signOutPage } from "./sign-in-page.ts";

/** Clients of the people's issuer: one for reading, one for the command, and one only for approvals. */
export const CLIENTS = {
  reading: "valetkey-console",
  command: "valetkey-cli",
  approvals: "valetkey-approvals",
} as const;

export interface SignInOptions {
  readonly people: readonly LocalPerson[];
  /**
   * Origin of the console, whose `/callback` is the only redirect address of its two clients. Pages of no other origin
   * may call the token endpoint.
   */
  readonly consoleOrigin: string;
  /** `aud` of access tokens that operate the deployment: the only resource that clients may name. */
  readonly operate: string;
  /**
   * Secret of the client for approvals, where the hub redeems its codes. Without it, the client is public and the page
   * redeems them.
   */
  readonly approvalsSecret?: string;
  /** True for another `sub` at each client. Tokens always name the person by `oid`. */
  readonly isPairwise?: boolean;
}

/** Lifetimes of tokens, codes and sign-ins; seconds. */
const TTL = {
  AccessToken: 300,
  IdToken: 300,
  AuthorizationCode: 60,
  Interaction: 600,
  Session: 3_600,
  Grant: 43_200,
  RefreshToken: 43_200,
};
/** Largest form of the sign-in page; bytes. */
const FORM_BYTES = 4_096;

/**
 * Makes the listener of an OpenID provider (panva's oidc-provider) with its own sign-in page. Supports the
 * authorization code, PKCE, `prompt`, `max_age` and `nonce`. Loads the library.
 * @param issuer URL of the issuer, below whose path the listener serves.
 * @param key private key that signs ID tokens and access tokens; ES256.
 */
export async function signInProvider(issuer: string, key: JWK, options: SignInOptions): Promise<RequestListener> {
  const { Provider: OpenIdProvider } = await import("oidc-provider");
  const path = new URL(issuer).pathname.replace(/\/$/, "");
  // The library's own store in memory. As its default, that store warns that everything is lost at the end, which is
  // intended here.
  const { createMemoryAdapter } = await import("oidc-provider/lib/adapters/memory_adapter.js");
  const provider = new OpenIdProvider(issuer, {
    ...configurationOf(path, key, options),
    adapter: createMemoryAdapter(),
  });
  const callback = provider.callback();
  return (request, response) => {
    const prefix = `${path}/sign-in/`;
    if (request.url?.startsWith(prefix)) {
      signIn(provider, options.people, request, response).catch(() => void response.writeHead(400, PAGE_HEADERS).end());
      return;
    }
    // Mounts the provider as a framework does: it computes its prefix from the difference of the two addresses.
    Object.assign(request, { originalUrl: request.url });
    request.url = request.url?.slice(path.length) || "/";
    callback(request, response);
  };
}

async function signIn(
  provider: Provider,
  people: readonly LocalPerson[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid, prompt } = await provider.interactionDetails(request, response);
  // The command requests consent: OpenID Connect Core (section 11) gives no refresh token without it. A person who has
  // signed in here consents.
  if (prompt.name === "consent") return await provider.interactionFinished(request, response, { consent: {} });
  const page = (fault?: string) =>
    response
      .writeHead(fault === undefined ? 200 : 400, PAGE_HEADERS)
      .end(signInPage(people, new URL(request.url ?? "", "http://127.0.0.1").pathname, fault));
  if (request.method !== "POST") return void page();
  const chosen = new URLSearchParams(await formOf(request)).get("person");
  const person = people.find(({ id }) => id === chosen);
  if (!person || !request.url?.endsWith(uid)) return void page("Choose a person of the list.");
  await provider.interactionFinished(request, response, { login: { accountId: person.id, amr: ["pwd"] } });
}

async function formOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > FORM_BYTES) throw new RangeError("the form is too large");
  }
  return text;
}

function configurationOf(
  path: string,
  key: JWK,
  { people, consoleOrigin, operate, approvalsSecret, isPairwise = false }: SignInOptions,
): Readonly<Record<string, unknown>> {
  const subjectType = isPairwise ? "pairwise" : "public";
  const client = (id: string, secret?: string) => ({
    client_id: id,
    // A web client has exactly one redirect address, compared as a whole, without the loopback exception of native
    // applications.
    application_type: "web",
    redirect_uris: [`${consoleOrigin}/callback`],
    ...(secret === undefined
      ? { token_endpoint_auth_method: "none" }
      : { token_endpoint_auth_method: "client_secret_basic", client_secret: secret }),
    grant_types: ["authorization_code"],
    response_types: ["code"],
    scope: "openid",
    subject_type: subjectType,
    id_token_signed_response_alg: "ES256",
    require_auth_time: true,
  });
  const command = {
    ...client(CLIENTS.command),
    // RFC 8252, section 7.3: loopback, with any port.
    application_type: "native",
    redirect_uris: ["http://127.0.0.1/callback"],
    grant_types: ["authorization_code", "refresh_token"],
    scope: "openid offline_access",
  };
  const groupsOf = (id: string | undefined) => people.find((person) => person.id === id)?.groups ?? [];
  return {
    clients: [
      { ...client(CLIENTS.reading), post_logout_redirect_uris: [`${consoleOrigin}/callback`] },
      command,
      client(CLIENTS.approvals, approvalsSecret),
    ],
    jwks: { keys: [{ ...key, use: "sig", alg: "ES256" }] },
    renderError: (
      ctx: { type: string; body: unknown },
      out: { readonly error: string; error_description?: string },
    ) => {
      ctx.type = "text/plain";
      ctx.body = `The sign-in is refused: ${out.error_description ?? out.error}\n`;
    },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    ttl: TTL,
    subjectTypes: [subjectType],
    pairwiseIdentifier: (_: unknown, accountId: string, { clientId }: { readonly clientId: string }) =>
      createHash("sha256").update(`${clientId} ${accountId}`).digest("base64url"),
    responseTypes: ["code"],
    clientAuthMethods: ["none", "client_secret_basic"],
    scopes: ["openid", "offline_access"],
    claims: { openid: ["sub", "oid", "groups"] },
    // The ID token must have the scope's claims, since the page reads no other token.
    conformIdTokenClaims: false,
    findAccount: (_: unknown, accountId: string) =>
      people.some(({ id }) => id === accountId)
        ? { accountId, claims: () => ({ sub: accountId, oid: accountId, groups: groupsOf(accountId) }) }
        : undefined,
    extraTokenClaims: (_: unknown, { accountId }: { readonly accountId?: string }) => ({
      oid: accountId,
      groups: groupsOf(accountId),
    }),
    interactions: { url: (_: unknown, { uid }: { readonly uid: string }) => `${path}/sign-in/${uid}` },
    // Grants are given without a page: the clients are the deployment's own.
    loadExistingGrant: granted(operate),
    clientBasedCORS: (_: unknown, origin: string) => origin === consoleOrigin,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx: SignOutContext) => {
          ctx.set(PAGE_HEADERS);
          ctx.body = signOutPage(ctx.oidc.urlFor("end_session_confirm"), ctx.oidc.session.state.secret);
        },
        postLogoutSuccessSource: (ctx: SignOutContext) => {
          ctx.set(PAGE_HEADERS);
          ctx.body = signedOutPage();
        },
      },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        getResourceServerInfo: (_: unknown, resource: string, { clientId }: { readonly clientId: string }) => {
          // The client for approvals gets no token that operates the deployment.
          if (resource !== operate || clientId === CLIENTS.approvals)
            throw Object.assign(new Error("invalid_target"), INVALID_TARGET);
          return { scope: "", audience: operate, accessTokenFormat: "jwt", jwt: { sign: { alg: "ES256" } } };
        },
      },
    },
  };
}

/** Error in the form of oidc-provider's own ones (RFC 8707, section 2). */
const INVALID_TARGET = { error: "invalid_target", statusCode: 400, status: 400, expose: true, allow_redirect: true };

interface SignOutContext {
  set(headers: Readonly<Record<string, string>>): void;
  body: string;
  readonly oidc: {
    urlFor(route: string): string;
    readonly session: { readonly state: { readonly secret: string } };
  };
}

interface GrantContext {
  readonly oidc: {
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string };
    readonly provider: Provider;
  };
}

/** Grants the requests of the deployment's own clients, without a page for consent. */
const granted =
  (operate: string) =>
  async ({ oidc }: GrantContext): Promise<unknown> => {
    const { client, session, provider } = oidc;
    const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
    grant.addOIDCScope(client.clientId === CLIENTS.command ? "openid offline_access" : "openid");
    if (client.clientId !== CLIENTS.approvals) grant.addResourceScope(operate, "");
    await grant.save();
    return grant;
  };
