import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import { Provider } from "oidc-provider";
import { listen } from "../../loopback-server.ts";

export const CLIENT_ID = "valetkey-cli";
/** Id of a client whose name is the audience of operators' tokens, for issuers that know no resources. */
export const namedFor = (audience: string): string => audience;

/**
 * A people's issuer as companies run it (panva's oidc-provider), on loopback. Anybody who gives a name is logged in.
 */
export interface PeopleProvider {
  readonly issuer: string;
  /** Method and path of each request. */
  readonly requests: string[];
  /** Resource for which it makes access tokens. Undefined: none. */
  knowsResource: string | undefined;
  /** Milliseconds by which its answer with a token is delayed. */
  tokenDelayMs: number;
  /** Starts the issuer for the operators of a service. The issuer's URL is known before the service's. */
  serve(audience: string): void;
  close(): Promise<void>;
}

/** @param tokenSeconds lifetime of its access tokens and ID tokens. */
export async function peopleProvider(tokenSeconds: () => number): Promise<PeopleProvider> {
  let handle: RequestListener = (_, response) => void response.writeHead(503).end();
  const requests: string[] = [];
  const server = await listen((request, response) => {
    requests.push(`${request.method} ${request.url?.split("?")[0]}`);
    setTimeout(() => handle(request, response), request.url === "/token" ? running.tokenDelayMs : 0);
  });
  const issuer = server.url;
  const running: PeopleProvider = {
    issuer,
    requests,
    knowsResource: undefined,
    tokenDelayMs: 0,
    serve: (audience) => {
      const knows = (resource: string) => resource === running.knowsResource;
      handle = new Provider(issuer, configurationFor(audience, tokenSeconds, knows)).callback();
    },
    close: server.close,
  };
  return running;
}

function configurationFor(
  audience: string,
  tokenSeconds: () => number,
  knows: (resource: string) => boolean,
): Readonly<Record<string, unknown>> {
  const signing = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const client = {
    application_type: "native",
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
    response_types: ["code"],
    // Any port matches (RFC 8252, section 7.3).
    redirect_uris: ["http://127.0.0.1/callback"],
  };
  return {
    clients: [
      { ...client, client_id: CLIENT_ID },
      { ...client, client_id: namedFor(audience) },
    ],
    jwks: { keys: [{ ...signing, kid: "signing", use: "sig", alg: "RS256" }] },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    ttl: {
      AccessToken: tokenSeconds,
      IdToken: tokenSeconds,
      RefreshToken: 3_600,
      Grant: 3_600,
      Interaction: 600,
      Session: 600,
      DeviceCode: 600,
    },
    features: {
      devInteractions: { enabled: true },
      deviceFlow: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        getResourceServerInfo: (_: unknown, resource: string) => {
          if (!knows(resource)) throw Object.assign(new Error("invalid_target"), INVALID_TARGET);
          return { scope: "", audience: resource, accessTokenFormat: "jwt", accessTokenTTL: tokenSeconds() };
        },
      },
    },
  };
}

/** The error that oidc-provider itself returns to the client (RFC 8707, section 2). */
const INVALID_TARGET = { error: "invalid_target", statusCode: 400, status: 400, expose: true, allow_redirect: true };
