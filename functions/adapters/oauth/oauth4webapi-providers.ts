import { importPKCS8 } from "jose";
import * as oauth from "oauth4webapi";
import { GRANT_TYPES, TOKEN_TYPES } from "../../../contract/names.ts";
import type {
  OauthProvider,
  OauthProviders,
  TokenAnswer,
  TokenRequest,
} from "../../connectors/oauth/oauth-providers.ts";
import { defined } from "../../core/defined.ts";
import { Refusal } from "../../core/refusal.ts";
import { boundedFetch, isTlsOrLoopback, ONCE } from "../http/bounded-fetch.ts";
import { TimedCache } from "../memory/timed-cache.ts";
import { oauthRefusal } from "./oauth-refusal.ts";

/** Time for which a provider's metadata is cached; milliseconds. */
const METADATA_MS = 3_600_000;
const ANSWER_BYTES = 65_536;

/** Endpoints of a provider, with valetkey's client there. */
interface Session {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  readonly options: oauth.TokenEndpointRequestOptions;
}

/** OAuth providers through oauth4webapi, which checks each answer against its RFC. Follows no redirect, and each request has a time-out. */
export class Oauth4webapiProviders implements OauthProviders {
  readonly #readSecret: (name: string) => Promise<string>;
  readonly #requestMs: number;
  readonly #servers: TimedCache<oauth.AuthorizationServer>;
  readonly #fetch = boundedFetch(ANSWER_BYTES);

  /** @param readSecret reads one of valetkey's own secrets. @param requestMs time-out of one request; milliseconds. */
  constructor(readSecret: (name: string) => Promise<string>, nowMs: () => number, requestMs = 4_000) {
    this.#readSecret = readSecret;
    this.#requestMs = requestMs;
    this.#servers = new TimedCache(METADATA_MS, 100, nowMs);
  }

  async ask(provider: OauthProvider, request: TokenRequest): Promise<TokenAnswer> {
    const session = await this.#with(provider);
    const subject = provider.grant.type === "token_exchange" ? await this.#readSecret(provider.grant.subjectToken) : "";
    const answer = await translated(() => send(provider, request, session, subject));
    const copy = answer.clone();
    try {
      const body = await translated(() => checked(provider, session, answer));
      const { access_token: token, token_type: tokenType, expires_in: expiresInSeconds, scope } = body;
      return {
        token,
        tokenType,
        ...defined({ expiresInSeconds }),
        ...(scope === undefined ? {} : { scopes: scope.split(" ").filter((each) => each !== "") }),
        others: tokensIn(body).filter((each) => each !== token),
      };
    } catch (error) {
      // An answer that fails the checks may still contain tokens; nobody else would ever revoke them.
      const tokens = answer.status === 200 ? tokensIn(await copy.json().catch(() => undefined)) : [];
      await Promise.allSettled(tokens.map((token) => this.revoke(provider, token)));
      throw error;
    }
  }

  async revoke(provider: OauthProvider, token: string): Promise<void> {
    const { server, client, authentication, options } = await this.#with(provider);
    try {
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(server, client, authentication, token, options),
      );
    } catch (error) {
      // RFC 7009 answers 200 for a token that is gone; some providers send this error instead.
      if (error instanceof oauth.ResponseBodyError && error.error === "invalid_token") return;
      throw oauthRefusal(error);
    }
  }

  async #with(provider: OauthProvider): Promise<Session> {
    const options = {
      [oauth.allowInsecureRequests]: provider.issuer.startsWith("http:"),
      [oauth.customFetch]: (url: string, init: oauth.CustomFetchOptions<string, URLSearchParams | undefined>) => {
        if (!isTlsOrLoopback(url)) throw new Refusal("connector_refused", { why: "an endpoint that is no https URL" });
        const { body, headers, method } = init;
        const signal = AbortSignal.timeout(this.#requestMs);
        return this.#fetch(url, { headers: { ...headers, ...ONCE }, method, signal, ...(body ? { body } : {}) });
      },
    };
    const [server, authentication] = await Promise.all([
      this.#serverOf(provider, options as oauth.DiscoveryRequestOptions),
      this.#authenticationOf(provider),
    ]);
    // Refuses a provider that cannot revoke its tokens.
    if (server.revocation_endpoint === undefined)
      throw new Refusal("connector_refused", { why: "a provider without revocation" });
    return { server, client: { client_id: provider.clientId }, authentication, options: options as Session["options"] };
  }

  async #serverOf(
    { issuer, endpoints }: OauthProvider,
    options: oauth.DiscoveryRequestOptions,
  ): Promise<oauth.AuthorizationServer> {
    if (typeof endpoints === "object")
      return { issuer, token_endpoint: endpoints.token, revocation_endpoint: endpoints.revocation };
    const known = this.#servers.find(issuer);
    if (known) return known;
    const found = await translated(async () => {
      const answer = await oauth.discoveryRequest(new URL(issuer), { ...options, algorithm: endpoints });
      return oauth.processDiscoveryResponse(new URL(issuer), answer);
    });
    this.#servers.keep(issuer, found);
    return found;
  }

  async #authenticationOf({ authentication }: OauthProvider): Promise<oauth.ClientAuth> {
    if (authentication.method !== "private_key_jwt") {
      const secret = await this.#readSecret(authentication.clientSecret);
      return authentication.method === "client_secret_post"
        ? oauth.ClientSecretPost(secret)
        : oauth.ClientSecretBasic(secret);
    }
    const { privateKey, algorithm, keyId } = authentication;
    const text = await this.#readSecret(privateKey);
    try {
      const key = await importPKCS8(text, algorithm);
      return oauth.PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId });
    } catch {
      // Drops the message, which may quote the key.
      throw new Refusal("connector_refused", { why: "the client's key is none of that algorithm" });
    }
  }
}

function send(
  { grant }: OauthProvider,
  { scopes, resource, audience }: TokenRequest,
  { server, client, authentication, options }: Session,
  subject: string,
): Promise<Response> {
  const parameters = new URLSearchParams({
    scope: scopes.join(" "),
    ...defined({ resource, audience }),
  });
  if (grant.type === "client_credentials")
    return oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, options);
  parameters.set("subject_token", subject);
  parameters.set("subject_token_type", grant.subjectTokenType);
  parameters.set("requested_token_type", TOKEN_TYPES.accessToken);
  return oauth.genericTokenEndpointRequest(server, client, authentication, GRANT_TYPES.exchange, parameters, options);
}

async function checked(
  { grant }: OauthProvider,
  { server, client }: Session,
  answer: Response,
): Promise<oauth.TokenEndpointResponse> {
  if (grant.type === "client_credentials") return oauth.processClientCredentialsResponse(server, client, answer);
  const body = await oauth.processGenericTokenEndpointResponse(server, client, answer);
  // RFC 8693, section 2.2.1: a token of another type than requested would be used differently.
  if (body.issued_token_type !== TOKEN_TYPES.accessToken)
    throw new Refusal("connector_refused", { why: "another kind of token than requested" });
  return body;
}

/** Lists all tokens in an answer, of any kind. */
const tokensIn = (body: unknown): readonly string[] =>
  ["access_token", "refresh_token", "id_token"].flatMap((name) => {
    const value = (body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
    return typeof value === "string" && value !== "" ? [value] : [];
  });

async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw oauthRefusal(error);
  }
}
