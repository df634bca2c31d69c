import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Oauth4webapiProviders } from "../../../functions/adapters/oauth/oauth4webapi-providers.ts";
import { oauthConnector } from "../../../functions/connectors/oauth/oauth-connector.ts";
import type { OauthProvider } from "../../../functions/connectors/oauth/oauth-providers.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { FakeSealer } from "../../fakes/secrets/sealer.ts";
import { type Asked, type ScriptedAnswer, scripted } from "../../loopback-server.ts";
import { planFor, type TestedConnector } from "./connector.contract.ts";

const GOOD = { access_token: "canary-token", token_type: "Bearer", expires_in: 300, scope: "a b" };
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

/** Scripted answers of the provider's token endpoint and of its revocation endpoint. */
let token: ScriptedAnswer;
let revocation: ScriptedAnswer;
let server: Awaited<ReturnType<typeof scripted>>;
let provider: OauthProvider;
beforeAll(async () => {
  server = await scripted(({ path }) =>
    path === "/token" ? token : path === "/revoke" ? revocation : { status: 404, body: {} },
  );
  provider = {
    name: "crm",
    issuer: server.url,
    endpoints: { token: `${server.url}/token`, revocation: `${server.url}/revoke` },
    clientId: "valetkey",
    authentication: { method: "client_secret_basic", clientSecret: "oauth/crm" },
    grant: { type: "client_credentials" },
    scopes: ["a", "b", "c"],
    resources: [],
    audiences: [],
    maxTokenSeconds: 600,
  };
  return () => server.close();
});
const well = () => {
  token = { status: 200, body: GOOD };
  revocation = { status: 200, body: "" };
  server?.asked.splice(0);
};
beforeAll(well);
afterEach(well);

const sealer = new FakeSealer();
const connectorOf = (own: OauthProvider) =>
  oauthConnector({
    deployment: { oauthProviders: [own] },
    clock: { nowMs: Date.now },
    sealer,
    oauth: new Oauth4webapiProviders(async () => "canary-secret", Date.now, 2_000),
  });
function issue(changes: Partial<OauthProvider> = {}) {
  const connector = connectorOf({ ...provider, ...changes });
  const planned = planFor({
    connector: connector as TestedConnector["connector"],
    asked: () => ({ type: "oauth", provider: "crm", scopes: ["a", "b"] }),
    nowSeconds: () => Math.floor(Date.now() / 1_000),
  });
  return connector.issue(planned as Parameters<typeof connector.issue>[0]);
}
const refusalOf = async (call: Promise<unknown>): Promise<Refusal> => {
  const error = await call.catch((reason: unknown) => reason);
  if (!(error instanceof Refusal)) throw new Error("not refused", { cause: error });
  expect(JSON.stringify([error.detail, error.stack])).not.toContain("canary");
  return error;
};
const revoked = (asked: readonly Asked[]) =>
  asked.filter(({ path }) => path === "/revoke").map(({ body }) => new URLSearchParams(body).get("token"));

describe("an answer of an OAuth provider", () => {
  it.each<[string, object, object]>([
    ["the requested scopes in another order", { ...GOOD, scope: "b a" }, { scope: "b a" }],
    ["fewer of them", { ...GOOD, scope: "a" }, { scope: "a" }],
    ["no scopes, which means the requested ones", { ...GOOD, scope: undefined }, { scope: "a b" }],
    ["a type in capitals", { ...GOOD, token_type: "BEARER" }, { token_type: "Bearer" }],
    ["a life as a text", { ...GOOD, expires_in: "300" }, {}],
  ])("is handed out with %s", async (_case, body, expected) => {
    token = { status: 200, body };
    const { credential } = await issue();
    expect(credential).toMatchObject({ access_token: "canary-token", ...expected });
    expect(revoked(server.asked)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["wider scopes", { ...GOOD, scope: "a b c" }, "other scopes than requested; revoked"],
    ["another scope", { ...GOOD, scope: "admin" }, "other scopes than requested; revoked"],
    ["scopes that only look alike", { ...GOOD, scope: "a\tb" }, "other scopes than requested; revoked"],
    ["no scope at all", { ...GOOD, scope: "" }, "no scope; revoked"],
    ["no lifetime", { ...GOOD, expires_in: undefined }, "a token without a lifetime; revoked"],
    [
      "a longer life than configured",
      { ...GOOD, expires_in: 601 },
      "a token that lives longer than configured; revoked",
    ],
    ["no life at all", { ...GOOD, expires_in: 0 }, "a token that lives longer than configured; revoked"],
    ["a token that is bound to a key", { ...GOOD, token_type: "DPoP" }, "a token of another type; revoked"],
    [
      "a token that cannot be sent",
      { ...GOOD, access_token: "canary token\n" },
      "a token that cannot be sent; revoked",
    ],
    [
      "a token of 8,193 characters",
      { ...GOOD, access_token: "x".repeat(8_193) },
      "a token that cannot be sent; revoked",
    ],
    ["an unknown type of token", { ...GOOD, token_type: "mac" }, "OAUTH_UNSUPPORTED_OPERATION"],
    ["no type of token", { ...GOOD, token_type: undefined }, "OAUTH_INVALID_RESPONSE"],
    ["a scope that is a list", { ...GOOD, scope: ["a", "b"] }, "OAUTH_INVALID_RESPONSE"],
    ["a life that is none", { ...GOOD, expires_in: "soon" }, "OAUTH_INVALID_RESPONSE"],
  ])("is revoked at once where it has %s", async (_case, body, why) => {
    token = { status: 200, body };
    expect(await refusalOf(issue())).toMatchObject({ code: "connector_refused", detail: { why } });
    expect(revoked(server.asked)).toEqual([(body as typeof GOOD).access_token]);
  });

  it("is revoked with everything that came with it, since a refresh token would outlive it", async () => {
    token = { status: 200, body: { ...GOOD, refresh_token: "canary-refresh" } };
    const refusal = await refusalOf(issue());
    expect(refusal).toMatchObject({ code: "connector_refused", detail: { why: "more tokens than one; revoked" } });
    expect(revoked(server.asked).toSorted()).toEqual(["canary-refresh", "canary-token"]);
  });

  it("gets a refusal of its own where it could not be revoked", async () => {
    token = { status: 200, body: { ...GOOD, scope: "c" } };
    revocation = { status: 503, body: "" };
    expect((await refusalOf(issue())).detail.why).toBe("other scopes than requested; could not be revoked");
  });

  it("of an exchange is revoked where it is another type of token than requested", async () => {
    const grant = { type: "token_exchange", subjectToken: "oauth/broad", subjectTokenType: ACCESS_TOKEN } as const;
    token = { status: 200, body: { ...GOOD, issued_token_type: "urn:ietf:params:oauth:token-type:refresh_token" } };
    const refusal = await refusalOf(issue({ grant }));
    expect(refusal.detail.why).toBe("another kind of token than requested");
    expect(revoked(server.asked)).toEqual(["canary-token"]);
    token = { status: 200, body: { ...GOOD, issued_token_type: ACCESS_TOKEN } };
    expect((await issue({ grant })).credential.access_token).toBe("canary-token");
  });

  it.each<[string, ScriptedAnswer, string, string]>([
    [
      "an outage by OAuth's code",
      { status: 400, body: { error: "temporarily_unavailable" } },
      "connector_unavailable",
      "temporarily_unavailable",
    ],
    [
      "an outage by HTTP's status",
      { status: 502, body: "<html>" },
      "connector_unavailable",
      "OAUTH_RESPONSE_IS_NOT_CONFORM",
    ],
    [
      "too many requests",
      { status: 429, headers: { "retry-after": "7" }, body: { error: "rate" } },
      "connector_unavailable",
      "an error of its own",
    ],
    [
      "an answer that is too large",
      { status: 200, body: "x".repeat(100_000) },
      "connector_unavailable",
      "OversizedError",
    ],
    [
      "a no",
      { status: 400, body: { error: "unauthorized_client", error_description: "canary-secret" } },
      "connector_refused",
      "unauthorized_client",
    ],
    [
      "a refusal with a code that quotes us",
      { status: 400, body: { error: "canary-secret" } },
      "connector_refused",
      "an error of its own",
    ],
    [
      "a challenge",
      { status: 401, headers: { "www-authenticate": "Basic" }, body: "" },
      "connector_refused",
      "invalid_client",
    ],
    [
      "another address",
      { status: 307, headers: { location: "http://127.0.0.1:9/" }, body: "" },
      "connector_refused",
      "OAUTH_RESPONSE_IS_NOT_CONFORM",
    ],
    [
      "a page",
      { status: 200, headers: { "content-type": "text/html" }, body: "<html>" },
      "connector_refused",
      "OAUTH_RESPONSE_IS_NOT_JSON",
    ],
    ["no JSON", { status: 200, body: "{" }, "connector_refused", "OAUTH_PARSE_ERROR"],
    ["a list", { status: 200, body: [] }, "connector_refused", "OAUTH_INVALID_RESPONSE"],
  ])("is refused where it is %s", async (_case, answer, code, why) => {
    token = answer;
    const refusal = await refusalOf(issue());
    expect([refusal.code, refusal.detail.why]).toEqual([code, why]);
    if (answer.status === 429) expect(refusal.detail.retryAfterSeconds).toBe(7);
  });

  it.each<[string, ScriptedAnswer, string]>([
    ["revoked, where it never knew the token", { status: 200, body: "" }, "revoked"],
    [
      "revoked, where it confirms in another way than RFC 7009",
      { status: 400, body: { error: "invalid_token" } },
      "revoked",
    ],
    [
      "failed, where it does not revoke such tokens",
      { status: 400, body: { error: "unsupported_token_type" } },
      "failed",
    ],
    ["failed, where it does not know us any more", { status: 401, body: { error: "invalid_client" } }, "failed"],
    [
      "failed, where it sends us elsewhere",
      { status: 302, headers: { location: "http://127.0.0.1:9/" }, body: "" },
      "failed",
    ],
    ["unknown, where it is out of order", { status: 503, body: "" }, "unknown"],
    ["unknown, where it is overrun", { status: 429, body: "" }, "unknown"],
  ])("to a revocation counts as %s", async (_case, answer, expected) => {
    const { lease } = await issue();
    revocation = answer;
    expect(await connectorOf(provider).revoke(lease)).toBe(expected);
  });

  it.each<[string, Partial<OauthProvider>, string]>([
    [
      "without TLS, from an issuer elsewhere",
      {
        issuer: "https://crm.example",
        endpoints: { token: "http://crm.example/t", revocation: "http://crm.example/r" },
      },
      "OAUTH_HTTP_REQUEST_FORBIDDEN",
    ],
    ["on this machine, from an issuer elsewhere", { issuer: "https://crm.example" }, "OAUTH_HTTP_REQUEST_FORBIDDEN"],
    [
      "without TLS elsewhere, from an issuer on this machine",
      { endpoints: { token: "http://crm.example/t", revocation: "http://crm.example/r" } },
      "an endpoint that is no https URL",
    ],
  ])("is not requested %s", async (_case, changes, why) => {
    expect(await refusalOf(issue(changes))).toMatchObject({ code: "connector_refused", detail: { why } });
    expect(server.asked).toEqual([]);
  });
});

describe("an OAuth provider's metadata", () => {
  const discovered = async (document: object) => {
    const own = await scripted(({ path }) =>
      path.startsWith("/.well-known/")
        ? { status: 200, body: { issuer: own.url, ...document } }
        : { status: 200, body: GOOD },
    );
    const changes = { issuer: own.url, endpoints: "oauth2" as const };
    const refusal = await refusalOf(issue(changes)).finally(() => own.close());
    return [refusal.code, refusal.detail.why, own.asked.filter(({ path }) => !path.startsWith("/.well-known/")).length];
  };

  it("leads to no token request where the provider cannot revoke", async () => {
    const token_endpoint = `${server.url}/token`;
    expect(await discovered({ token_endpoint })).toEqual(["connector_refused", "a provider without revocation", 0]);
  });

  it("is refused where it names another issuer", async () => {
    const [code] = await discovered({ issuer: "http://127.0.0.1:9", token_endpoint: "x", revocation_endpoint: "y" });
    expect(code).toBe("connector_refused");
  });

  it("leads to no URL without TLS but on this machine", async () => {
    const endpoints = { token_endpoint: "http://crm.example/t", revocation_endpoint: "http://crm.example/r" };
    expect(await discovered(endpoints)).toEqual(["connector_refused", "an endpoint that is no https URL", 0]);
  });
});
