import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import * as oauth from "oauth4webapi";
import { Provider } from "oidc-provider";
import { listen } from "../../loopback-server.ts";
import { type FaultyWire, faultyWire } from "./faulty-wire.ts";

/**
 * An OAuth provider as people run it, panva's oidc-provider, behind a wire that can be cut. Beside it a resource server
 * that introspects tokens.
 */
export interface RunningProvider {
  readonly issuer: string;
  readonly wire: FaultyWire;
  /** Values of secrets, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Introspects a token as the resource server. */
  introspect(
    token: string,
  ): Promise<{ readonly active: boolean; readonly scopes: readonly string[]; readonly aud?: unknown }>;
  forget(token: string): Promise<void>;
  /** Method, path and status of each request, as such a server logs them. */
  log(): string;
  close(): Promise<void>;
}

export const SCOPES = ["contacts.read", "contacts.write", "deals.read"];
export const RESOURCE = "https://api.crm.example";
export const TOKEN_SECONDS = 300;
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const INSECURE = { [oauth.allowInsecureRequests]: true };

export async function runProvider(): Promise<RunningProvider> {
  const log: string[] = [];
  let handle: RequestListener | undefined;
  const server = await listen((request, response) => {
    response.on("finish", () => log.push(`${request.method} ${request.url} ${response.statusCode}`));
    handle?.(request, response);
  });
  const wire = await faultyWire(server.port);
  const issuer = `http://127.0.0.1:${wire.port}`;
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const secrets = {
    "oauth/crm": randomBytes(24).toString("base64url"),
    "oauth/crm-key": key.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    "oauth/crm-broad": `broad-${randomBytes(24).toString("base64url")}`,
    "oauth/wrong": "wrong",
  };
  const inspector = { client_id: "inspector", client_secret: randomBytes(24).toString("base64url") };
  const provider = new Provider(issuer, configurationFor(secrets["oauth/crm"], key.publicKey, inspector));
  exchangeAt(provider, secrets["oauth/crm-broad"]);
  handle = provider.callback();
  const direct: oauth.AuthorizationServer = { issuer, introspection_endpoint: `${server.url}/token/introspection` };
  return {
    issuer,
    wire,
    secrets,
    introspect: async (token) => {
      const auth = oauth.ClientSecretBasic(inspector.client_secret);
      const answer = await oauth.introspectionRequest(direct, inspector, auth, token, INSECURE);
      const { active, scope = "", aud } = await oauth.processIntrospectionResponse(direct, inspector, answer);
      return { active, scopes: scope.split(" ").filter((each) => each !== ""), aud };
    },
    forget: async (token) => (await provider.ClientCredentials.find(token))?.destroy(),
    log: () => log.join("\n"),
    close: async () => {
      await wire.close();
      await server.close();
    },
  };
}

function configurationFor(secret: string, publicKey: KeyObject, inspector: object): Readonly<Record<string, unknown>> {
  const signing = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const client = {
    grant_types: ["client_credentials", EXCHANGE],
    redirect_uris: [],
    response_types: [],
    scope: SCOPES.join(" "),
  };
  const jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "ES256" }] };
  return {
    clients: [
      { ...client, client_id: "valetkey", client_secret: secret },
      { ...client, client_id: "poster", client_secret: secret, token_endpoint_auth_method: "client_secret_post" },
      { ...client, client_id: "signer", token_endpoint_auth_method: "private_key_jwt", jwks },
      { ...inspector, grant_types: [], redirect_uris: [], response_types: [] },
    ],
    // The last scope belongs to other clients than ours.
    scopes: [...SCOPES, "admin"],
    jwks: { keys: [{ ...signing, kid: "signing", use: "sig", alg: "RS256" }] },
    cookies: { keys: ["unused"] },
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
    enabledJWA: { clientAuthSigningAlgValues: ["ES256"] },
    ttl: { ClientCredentials: TOKEN_SECONDS },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: {
        enabled: true,
        allowedPolicy: (_: unknown, { clientId }: { clientId: string }, token: { clientId: string }) =>
          clientId === token.clientId,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        getResourceServerInfo: () => ({ scope: SCOPES.join(" "), audience: RESOURCE, accessTokenTTL: TOKEN_SECONDS }),
      },
    },
  };
}

/** Token exchange (RFC 8693) as far as needed: one subject token, for some of its scopes. */
function exchangeAt(provider: Provider, broad: string): void {
  const handle: Parameters<Provider["registerGrantType"]>[1] = async (context) => {
    const { client, params } = context.oidc;
    if (params.subject_token !== broad || params.subject_token_type !== ACCESS_TOKEN) {
      context.status = 400;
      context.body = { error: "invalid_grant" };
      return;
    }
    const scope = (params.scope ?? "")
      .split(" ")
      .filter((each) => SCOPES.includes(each))
      .join(" ");
    const token = new provider.ClientCredentials({ client, scope });
    context.body = {
      access_token: await token.save(),
      issued_token_type: ACCESS_TOKEN,
      token_type: "Bearer",
      expires_in: token.expiration,
      scope,
    };
  };
  const parameters = ["subject_token", "subject_token_type", "requested_token_type", "scope"];
  provider.registerGrantType(EXCHANGE, handle, parameters);
}
