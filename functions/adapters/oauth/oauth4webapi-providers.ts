import { importPKCS8 } from "jose";
import * as oauth from "oauth4webapi";
import type {
  OauthProvider,
  OauthProviders,
  TokenAnswer,
  TokenRequest,
} from "../../connectors/oauth/oauth-providers.ts";
import { Refusal } from "../../core/refusal.ts";
import { TOKEN_TYPES } from "../../names.ts";
import { boundedFetch, mayBeAsked, ONCE } from "../http/bounded-fetch.ts";
import { TimedCache } from "../memory/timed-cache.ts";
import { oauthRefusal } from "./oauth-refusal.ts";

/** So long a provider's metadata is believed; milliseconds. */
const METADATA_MS = 3_600_000;
const ANSWER_BYTES = 65_536;
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

/** The endpoints of a provider, and we as its client. */
interface Session {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  readonly options: oauth.TokenEndpointRequestOptions;
}

/** OAuth providers by oauth4webapi, which checks each answer by its RFC; it follows no redirect, and each request has an end. */
export class Oauth4webapiProviders implements OauthProviders {
  readonly #readSecret: (name: string) => Promise<string>;
  readonly #requestMs: number;
  readonly #servers: TimedCache<oauth.AuthorizationServer>;
  readonly #fetch = boundedFetch(ANSWER_BYTES);

  /** @param readSecret the text of one of valetkey's own secrets. @param requestMs how long one request may take. */
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
        ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
        ...(scope === undefined ? {} : { scopes: scope.split(" ").filter((each) => each !== "") }),
        others: tokensIn(body).filter((each) => each !== token),
      };
    } catch (error) {
      // What is no answer of OAuth's may still hold a token, which nobody else will ever take back.
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
      // RFC 7009 has a 200 for what is gone; some have this instead.
      if (error instanceof oauth.ResponseBodyError && error.error === "invalid_token") return;
      throw oauthRefusal(error);
    }
  }

  async #with(provider: OauthProvider): Promise<Session> {
    const options = {
      [oauth.allowInsecureRequests]: provider.issuer.startsWith("http:"),
      [oauth.customFetch]: (url: string, init: oauth.CustomFetchOptions<string, URLSearchParams | undefined>) => {
        if (!mayBeAsked(url)) throw new Refusal("connector_refused", { why: "an endpoint that is not asked" });
        const { body, headers, method } = init;
        const signal = AbortSignal.timeout(this.#requestMs);
        return this.#fetch(url, { headers: { ...headers, ...ONCE }, method, signal, ...(body ? { body } : {}) });
      },
    };
    const [server, authentication] = await Promise.all([
      this.#serverOf(provider, options as oauth.DiscoveryRequestOptions),
      this.#authenticationOf(provider),
    ]);
    // What cannot be taken back is not asked for.
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
      // Not its message: it may quote the key.
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
    ...(resource === undefined ? {} : { resource }),
    ...(audience === undefined ? {} : { audience }),
  });
  if (grant.type === "client_credentials")
    return oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, options);
  parameters.set("subject_token", subject);
  parameters.set("subject_token_type", grant.subjectTokenType);
  parameters.set("requested_token_type", TOKEN_TYPES.accessToken);
  return oauth.genericTokenEndpointRequest(server, client, authentication, EXCHANGE, parameters, options);
}

async function checked(
  { grant }: OauthProvider,
  { server, client }: Session,
  answer: Response,
): Promise<oauth.TokenEndpointResponse> {
  if (grant.type === "client_credentials") return oauth.processClientCredentialsResponse(server, client, answer);
  const body = await oauth.processGenericTokenEndpointResponse(server, client, answer);
  // RFC 8693, section 2.2.1: another kind than was asked for is used in another way.
  if (body.issued_token_type !== TOKEN_TYPES.accessToken)
    throw new Refusal("connector_refused", { why: "another kind of token than asked for" });
  return body;
}

/** Every token that an answer brings, wherever it is meant to be used. */
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
