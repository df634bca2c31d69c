import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, type JWK, SignJWT } from "jose";
import { targetOf } from "../target-of.ts";
import { type SignInOptions, signInProvider } from "./sign-in-provider.ts";
import { type SigningAlg, SigningKeys } from "./signing-keys.ts";

export interface OidcIssuerOptions {
  /** Loopback port; 0 takes any free one. */
  readonly port: number;
  /** Subjects of `GET /token`: `?agent=demo` or `?person=alice&groups=operators`. Agents by default. */
  readonly kind?: "agents" | "people";
  /** End of the issuer's URL, such as `/agents`; empty by default. */
  readonly issuerPath?: string;
  /** `aud` of a token where the request names none. */
  readonly audience: string;
  /** People who sign in on a page: the issuer is a whole OpenID provider, loaded at the first sign-in. */
  readonly signIn?: SignInOptions;
  /** Clock, epoch milliseconds; the real one by default. */
  readonly now?: () => number;
}

export type Claims = Readonly<Record<string, unknown>>;

export interface MintOptions {
  /** Algorithm; ES256 by default. */
  readonly alg?: SigningAlg;
  /** Key that signs, even a withdrawn one. The name of an unknown key is put into the header too. */
  readonly kid?: string;
  /** Further members of the header, such as `jku`. */
  readonly header?: Readonly<Record<string, unknown>>;
}

export interface OidcIssuer {
  /** `http://127.0.0.1:port/agents`: the `iss` of its tokens. */
  readonly issuer: string;
  readonly jwksUri: string;
  /**
   * Address of tokens, with `agent=` or `person=`. Answers JSON `{"token"}` where the Accept header has JSON, else
   * plain text.
   */
  readonly tokenUri: string;
  /** Signs a token with the usual claims and these, which override them. A claim of undefined is left out. */
  mint(claims: Claims, options?: MintOptions): Promise<string>;
  /**
   * Makes a new key of the algorithm (ES256 by default), which signs from now on. Older keys stay published.
   * @returns its kid.
   */
  rotate(alg?: SigningAlg): Promise<string>;
  /** Takes a key out of the JWKS. */
  withdraw(kid: string): void;
  jwks(): { keys: JWK[] };
  close(): Promise<void>;
}

const LIFETIME_SECONDS = 300;
const NAME = /^[\w.@-]{1,64}$/;

/** Starts an OIDC issuer on loopback that gives a token to every caller. For development and tests only. */
export async function startOidcIssuer(options: OidcIssuerOptions): Promise<OidcIssuer> {
  const now = options.now ?? Date.now;
  const path = options.issuerPath ?? "";
  if (path !== "" && !/^\/[\w/-]*\w$/.test(path)) throw new Error(`issuerPath must look like "/agents", not "${path}"`);
  const keys = new SigningKeys();
  const [signing] = await Promise.all([keys.add("ES256", options.signIn !== undefined), keys.add("RS256")]);
  let provider: Promise<RequestListener> | undefined;
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      console.error("OIDC issuer failed:", error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

  async function mint(claims: Claims, { alg = "ES256", kid, header }: MintOptions = {}): Promise<string> {
    const named = kid === undefined ? undefined : keys.named(kid);
    const key = named ?? keys.current(alg);
    const iat = typeof claims.iat === "number" ? claims.iat : Math.floor(now() / 1000);
    const usual = {
      iss: issuer,
      aud: options.audience,
      iat,
      exp: iat + LIFETIME_SECONDS,
      jti: randomUUID(),
      // A person in no group has an empty list: a token without one is refused.
      ...(options.kind === "people" ? { groups: [] } : {}),
    };
    const present = Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined);
    return new SignJWT(Object.fromEntries(present))
      .setProtectedHeader({ typ: "JWT", ...header, alg: key.alg, kid: kid ?? key.kid })
      .sign(key.privateKey);
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = targetOf(request.url);
    const answer = (status: number, body: unknown): void => {
      const isText = typeof body === "string";
      response.writeHead(status, {
        ...(options.signIn ? { "access-control-allow-origin": "*" } : {}),
        "content-type": isText ? "text/plain; charset=utf-8" : "application/json",
        "cache-control": "no-store",
      });
      response.end(isText ? `${body}\n` : JSON.stringify(body));
    };
    // Refuses a foreign page in a browser whose own host name points to loopback (DNS rebinding).
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) return answer(403, "loopback only");
    const { signIn } = options;
    if (signIn && url && isOfProvider(path, request.method, url.pathname)) {
      const { kid } = signing;
      provider ??= exportJWK(signing.privateKey).then((key) => signInProvider(issuer, { ...key, kid }, signIn));
      return void (await provider)(request, response);
    }
    if (request.method !== "GET") return answer(405, "GET only");
    if (url === undefined) return answer(400, "not a target");
    switch (url.pathname) {
      case `${path}/.well-known/openid-configuration`:
        return answer(200, discovery(issuer, options.signIn));
      case `${path}/jwks`:
        return answer(200, keys.jwks());
      case `${path}/token`: {
        const claims = claimsFor(options.kind ?? "agents", url.searchParams);
        if (typeof claims === "string") return answer(400, claims);
        const token = await mint(claims);
        return answer(200, request.headers.accept?.includes("json") ? { token } : token);
      }
      default:
        return answer(404, "not found");
    }
  }

  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    tokenUri: `${issuer}/token`,
    mint,
    rotate: async (alg = "ES256") => (await keys.add(alg)).kid,
    withdraw: (kid) => keys.withdraw(kid),
    jwks: () => keys.jwks(),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * True for an address of the OpenID provider. `GET /token` gives a token to every caller; `POST /token` redeems a code.
 */
const isOfProvider = (path: string, method: string | undefined, pathname: string): boolean =>
  (pathname === `${path}/token` && method !== "GET") ||
  new RegExp(`^${path}/(?:auth|sign-in|session/end)(?:/|$)`).test(pathname);

/** Makes the discovery document without the provider, which clients that only read the keys must not load. */
function discovery(issuer: string, signIn: SignInOptions | undefined): Record<string, unknown> {
  const endpoints = {
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    end_session_endpoint: `${issuer}/session/end`,
    response_types_supported: ["code"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    scopes_supported: ["openid", "offline_access"],
    claims_supported: ["sub", "oid", "groups", "auth_time", "amr", "iss"],
    token_endpoint_auth_methods_supported: ["none", "client_secret_basic"],
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: [signIn?.isPairwise ? "pairwise" : "public"],
  };
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256", "RS256"],
    ...(signIn ? endpoints : {}),
  };
}

/** Returns the claims of a query, or the sentence that refuses it. */
function claimsFor(kind: "agents" | "people", query: URLSearchParams): Claims | string {
  const member = kind === "agents" ? "agent" : "person";
  const name = query.get(member) ?? "";
  if (!NAME.test(name)) return `say who it is for: ?${member}=name (letters, digits and . _ @ -)`;
  const audience = query.get("audience");
  const groups = query.get("groups");
  return {
    sub: `${member}:${name}`,
    ...(audience === null ? {} : { aud: audience }),
    ...(kind === "people" ? { groups: groups === null ? [] : groups.split(",").filter((group) => group !== "") } : {}),
  };
}
