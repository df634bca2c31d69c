import { createPrivateKey, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import type {
  GithubApp,
  GithubApps,
  Installation,
  InstallationRequest,
  InstallationToken,
} from "../../connectors/github/github-apps.ts";
import { isRecord, type JsonObject } from "../../core/intent/place.ts";
import { Refusal } from "../../core/refusal.ts";
import { boundedFetch, isTlsOrLoopback, ONCE } from "../http/bounded-fetch.ts";
import { retryAfter } from "../http/retry-after.ts";

/** Largest answer; bytes. A token for 20 repositories comes with a description of each, some 6 KB. */
const ANSWER_BYTES = 1_048_576;
/**
 * Lifetime of an App's JWT; seconds. GitHub accepts at most 10 minutes, and no `iat` in the future. GitHub's clock may
 * be behind valetkey's.
 */
const JWT = { agoSeconds: 60, aheadSeconds: 300 } as const;
/**
 * Pause where GitHub's rate limit gives no time; seconds. GitHub demands at least a minute (rate limits for the REST
 * API).
 */
const REST_SECONDS = 60;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
}

/** GitHub Apps through the REST API, version 2022-11-28; uses four of its requests. */
export class RestGithubApps implements GithubApps {
  readonly #readSecret: (name: string) => Promise<string>;
  readonly #nowMs: () => number;
  readonly #requestMs: number;
  readonly #fetch = boundedFetch(ANSWER_BYTES);

  /** @param readSecret reads one of valetkey's own secrets. @param requestMs time-out of one request; milliseconds. */
  constructor(readSecret: (name: string) => Promise<string>, nowMs: () => number, requestMs = 4_000) {
    this.#readSecret = readSecret;
    this.#nowMs = nowMs;
    this.#requestMs = requestMs;
  }

  async ask(
    app: GithubApp,
    request: InstallationRequest,
  ): Promise<InstallationToken | { readonly missing: readonly string[] }> {
    const jwt = await this.#jwtFor(app);
    const answer = await this.#call(
      app,
      "POST",
      `/app/installations/${app.installationId}/access_tokens`,
      jwt,
      request,
    );
    if (answer.status === 422) {
      // GitHub does not report which repository is missing, or whether one is at all.
      const missing = await this.#missing(app, request.repositories, jwt);
      if (missing.length > 0) return { missing };
    }
    return tokenIn(this.#expect(201, answer));
  }

  async revoke(app: GithubApp, token: string): Promise<void> {
    // The HTTP client would drop odd characters from the header, and GitHub would report the resulting other token as gone.
    if (!/^[\x21-\x7e]+$/.test(token)) throw new Refusal("connector_refused", { why: "a token that cannot be sent" });
    const answer = await this.#call(app, "DELETE", "/installation/token", token);
    // A 401 means that the token is gone: revoked before, or expired.
    if (answer.status !== 401) this.#expect(204, answer);
  }

  async installation(app: GithubApp): Promise<Installation> {
    const path = `/app/installations/${app.installationId}`;
    const body = this.#expect(200, await this.#call(app, "GET", path, await this.#jwtFor(app)));
    return {
      owner: isRecord(body.account) ? String(body.account.login).toLowerCase() : "",
      isSuspended: typeof body.suspended_at === "string",
      permissions: textsIn(body.permissions),
    };
  }

  async #missing(app: GithubApp, names: readonly string[], jwt: string): Promise<readonly string[]> {
    const isMissing = await Promise.all(
      names.map(async (name) => {
        const answer = await this.#call(app, "GET", `/repos/${app.owner}/${name}/installation`, jwt);
        // A 301 means that the repository was renamed, and policy has not decided about the new name.
        if (answer.status === 404 || answer.status === 301) return true;
        return this.#expect(200, answer).id !== app.installationId;
      }),
    );
    return names.filter((_, index) => isMissing[index]);
  }

  /** Signs the JWT that authenticates the App, valid for a few minutes (RS256; RFC 7519). */
  async #jwtFor(app: GithubApp): Promise<string> {
    const key = keyIn(await this.#readSecret(app.privateKey));
    const nowSeconds = Math.floor(this.#nowMs() / 1_000);
    return new SignJWT()
      .setProtectedHeader({ alg: "RS256", typ: "JWT" })
      .setIssuer(String(app.appId))
      .setIssuedAt(nowSeconds - JWT.agoSeconds)
      .setExpirationTime(nowSeconds + JWT.aheadSeconds)
      .sign(key);
  }

  async #call(
    { apiUrl }: GithubApp,
    method: string,
    path: string,
    bearer: string,
    body?: InstallationRequest,
  ): Promise<Answer> {
    const url = apiUrl + path;
    if (!isTlsOrLoopback(url)) throw new Refusal("connector_refused", { why: "an address that is no https URL" });
    try {
      const answer = await this.#fetch(url, {
        method,
        headers: {
          ...ONCE,
          accept: "application/vnd.github+json",
          authorization: `Bearer ${bearer}`,
          "user-agent": "valetkey",
          "x-github-api-version": "2022-11-28",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        signal: AbortSignal.timeout(this.#requestMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, headers: answer.headers, body: jsonIn(await answer.text()) };
    } catch (error) {
      // Copies the name only: the message may quote its input.
      const why = error instanceof Error ? error.name : "unknown";
      throw new Refusal("connector_unavailable", { why, retryAfterSeconds: 1 });
    }
  }

  /** Returns the body of an answer with the expected status. @throws {Refusal} for any other status. */
  #expect(status: number, answer: Answer): JsonObject {
    if (answer.status === status) return answer.body;
    const why = `status ${answer.status}`;
    const isLimited = isRateLimit(answer);
    if (!isLimited && answer.status < 500) throw new Refusal("connector_refused", { why });
    throw new Refusal("connector_unavailable", {
      why,
      retryAfterSeconds: retryAfter(answer.headers, this.#nowMs(), isLimited ? this.#untilReset(answer) : 1),
    });
  }

  /** Computes the seconds until the hourly limit resets. Answers to other limits have the same header with another meaning. */
  #untilReset({ headers }: Answer): number {
    const isSpent = headers.get("x-ratelimit-remaining") === "0";
    const seconds = Number(headers.get("x-ratelimit-reset") ?? Number.NaN) - this.#nowMs() / 1_000;
    return isSpent && !Number.isNaN(seconds) ? seconds : REST_SECONDS;
  }
}

/** Returns true for an answer of a primary or secondary rate limit: 429, or a 403 with a mark in header or message. */
const isRateLimit = ({ status, headers, body }: Answer): boolean =>
  status === 429 ||
  (status === 403 &&
    (headers.has("retry-after") ||
      headers.get("x-ratelimit-remaining") === "0" ||
      /rate limit/i.test(String(body.message))));

/** Reads the App's private key; GitHub issues PKCS #1, which `jose` does not read. @throws {Refusal} connector_refused. */
function keyIn(text: string): KeyObject {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === "rsa") return key;
  } catch {
    // Drops the message, which may quote the key.
  }
  throw new Refusal("connector_refused", { why: "the App's secret is no RSA key" });
}

/**
 * Reads a token's answer and omits unreadable fields, so that the token is checked without them.
 * @throws {Refusal} connector_refused where it has no token.
 */
function tokenIn({
  token,
  expires_at: expiry,
  permissions,
  repositories,
  repository_selection: selection,
}: JsonObject) {
  if (typeof token !== "string") throw new Refusal("connector_refused", { why: "an answer without a token" });
  const expiresAt = Date.parse(String(expiry)) / 1_000;
  const isSelected = selection === "selected" && Array.isArray(repositories);
  return {
    token,
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
    permissions: textsIn(permissions),
    ...(isSelected ? { repositories: repositories.map(fullName) } : {}),
  };
}

const fullName = (repository: unknown): string =>
  isRecord(repository) ? String(repository.full_name).toLowerCase() : "";

/** Converts each value to text; a value that is no text matches no level. */
const textsIn = (value: unknown): Readonly<Record<string, string>> =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)])) : {};

function jsonIn(text: string): JsonObject {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : {};
  } catch {
    return {};
  }
}
