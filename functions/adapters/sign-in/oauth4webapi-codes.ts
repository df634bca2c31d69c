import * as oauth from "oauth4webapi";
import type { SignInCode, SignInCodes } from "../../core/approvals/sign-in-codes.ts";
import type { Issuer } from "../../core/identity/issuer.ts";
import { Refusal } from "../../core/refusal.ts";
import { boundedFetch } from "../http/bounded-fetch.ts";

const DOCUMENT_BYTES = 262_144;

/**
 * Redeems codes with `oauth4webapi` at the token endpoint of the issuer's discovery, with the client's secret in the
 * `Authorization` header.
 */
export class Oauth4webapiCodes implements SignInCodes {
  readonly #readSecret: (name: string) => Promise<string>;
  readonly #requestMs: number;
  readonly #fetch = boundedFetch(DOCUMENT_BYTES);

  /** @param requestMs time-out of each request; milliseconds. */
  constructor(readSecret: (name: string) => Promise<string>, requestMs = 2_500) {
    this.#readSecret = readSecret;
    this.#requestMs = requestMs;
  }

  async redeem({ url, approvals }: Issuer, { code, verifier, redirectUri }: SignInCode): Promise<string | undefined> {
    if (approvals?.secret === undefined) return undefined;
    try {
      const [server, secret] = await Promise.all([this.#serverOf(url), this.#readSecret(approvals.secret)]);
      const answer = await oauth.genericTokenEndpointRequest(
        server,
        { client_id: approvals.clientId },
        oauth.ClientSecretBasic(secret),
        "authorization_code",
        { code, code_verifier: verifier, redirect_uri: redirectUri },
        this.#optionsOf(url),
      );
      // Reads no other member of the answer: an access token would be useless here.
      const { id_token: token, error } = (await answer.json()) as { id_token?: unknown; error?: unknown };
      if (answer.status === 200) return typeof token === "string" ? token : undefined;
      // Only this error (RFC 6749, section 5.2) is about the code. After a refusal of our client or an outage, a new
      // sign-in would not help the person.
      if (answer.status === 400 && error === "invalid_grant") return undefined;
      throw unreachable("token endpoint");
    } catch (error) {
      throw error instanceof Refusal && error.code === "issuer_unreachable" ? error : unreachable(nameOf(error));
    }
  }

  async #serverOf(url: string): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(url);
    const answer = await oauth.discoveryRequest(issuer, this.#optionsOf(url));
    return oauth.processDiscoveryResponse(issuer, answer);
  }

  #optionsOf(url: string) {
    return {
      [oauth.allowInsecureRequests]: url.startsWith("http:"),
      [oauth.customFetch]: (
        address: string,
        { body, headers, method }: { body?: unknown; headers: Record<string, string>; method: string },
      ) => {
        const signal = AbortSignal.timeout(this.#requestMs);
        return this.#fetch(address, {
          headers,
          method,
          signal,
          ...(body === undefined || body === null ? {} : { body: String(body) }),
        });
      },
    };
  }
}

const unreachable = (why: string): Refusal => new Refusal("issuer_unreachable", { why });
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");
