import type { OauthClients, RegisteredClient } from "../../core/connectors/oauth-clients.ts";
import type { OauthClient } from "../../core/deployment/oauth-client.ts";
import { isRecord } from "../../core/intent/place.ts";
import { Refusal } from "../../core/refusal.ts";
import { boundedFetch, isTlsOrLoopback, ONCE } from "../http/bounded-fetch.ts";
import { retryAfter } from "../http/retry-after.ts";

const ANSWER_BYTES = 65_536;
/** Fields that an update must not send back (RFC 7592, section 2.2). */
const OF_THE_REGISTRATION = [
  "registration_access_token",
  "registration_client_uri",
  "client_secret_expires_at",
  "client_id_issued_at",
];
/** RFC 6749, appendix A.2: VSCHAR. */
const SECRET = /^[\x20-\x7e]{1,2048}$/;

/** Clients at OAuth providers, by RFC 7592. Follows no redirect, and quotes no text of a provider. */
export class Rfc7592Clients implements OauthClients {
  readonly #readSecret: (name: string) => Promise<string>;
  readonly #requestMs: number;
  readonly #fetch = boundedFetch(ANSWER_BYTES);

  /** @param readSecret reads one of valetkey's own secrets. @param requestMs time-out of one request; milliseconds. */
  constructor(readSecret: (name: string) => Promise<string>, requestMs = 4_000) {
    this.#readSecret = readSecret;
    this.#requestMs = requestMs;
  }

  read(client: OauthClient): Promise<RegisteredClient> {
    return this.#ask(client, "GET");
  }

  update(client: OauthClient, { secret, metadata }: RegisteredClient): Promise<RegisteredClient> {
    // Sends the secret in force, which "MUST match", so that the second of two concurrent updates fails.
    return this.#ask(client, "PUT", { ...metadata, client_id: client.clientId, client_secret: secret });
  }

  async #ask(client: OauthClient, method: "GET" | "PUT", body?: object): Promise<RegisteredClient> {
    if (!isTlsOrLoopback(client.configurationUrl))
      throw new Refusal("connector_refused", { why: "an endpoint that is no https URL" });
    const token = await this.#readSecret(client.registrationToken);
    const answer = await this.#send(client.configurationUrl, {
      method,
      headers: {
        ...ONCE,
        authorization: `Bearer ${token}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return registeredIn(await answer.json().catch(() => undefined), client, token);
  }

  async #send(url: string, options: RequestInit): Promise<Response> {
    let answer: Response;
    try {
      answer = await this.#fetch(url, { ...options, signal: AbortSignal.timeout(this.#requestMs) });
    } catch (error) {
      const why = error instanceof Error ? error.name : "unknown";
      throw new Refusal("connector_unavailable", { why, retryAfterSeconds: 1 });
    }
    const { status, headers } = answer;
    if (status === 200) return answer;
    // RFC 6750, section 3.1
    const why = status === 401 ? "the registration access token is refused" : `status ${status}`;
    if (status === 429 || status >= 500)
      throw new Refusal("connector_unavailable", { why, retryAfterSeconds: retryAfter(headers, Date.now()) });
    throw new Refusal("connector_refused", { why });
  }
}

function registeredIn(answer: unknown, { clientId }: OauthClient, token: string): RegisteredClient {
  if (!isRecord(answer) || answer.client_id !== clientId)
    throw new Refusal("connector_refused", { why: "no answer about that client" });
  const { client_secret: secret, registration_access_token: next, ...rest } = answer;
  if (typeof secret !== "string" || !SECRET.test(secret))
    throw new Refusal("connector_refused", { why: "an answer without the client's secret" });
  return {
    secret,
    isTokenKept: next === undefined || next === token,
    metadata: Object.fromEntries(Object.entries(rest).filter(([name]) => !OF_THE_REGISTRATION.includes(name))),
  };
}
