import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Oauth4webapiProviders } from "../../../functions/adapters/oauth/oauth4webapi-providers.ts";
import { oauthConnector } from "../../../functions/connectors/oauth/oauth-connector.ts";
import type { OauthProvider } from "../../../functions/connectors/oauth/oauth-providers.ts";
import type { IssuedCredential } from "../../../functions/core/connectors/connector.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { holderOf } from "../../../functions/core/secrets/secret-lock.ts";
import type { ConnectorLease } from "../../../functions/core/tasks/connector-lease.ts";
import { FakeSealer } from "../../fakes/secrets/sealer.ts";
import { connectorContract, planFor, type TestedConnector } from "./connector.contract.ts";
import { RESOURCE, type RunningProvider, runProvider, TOKEN_SECONDS } from "./running-provider.ts";

type Credential = IssuedCredential["credential"];
const tokenOf = ({ access_token: token }: Credential) => String(token);
const nowSeconds = () => Math.floor(Date.now() / 1_000);

let running: RunningProvider;
let crm: OauthProvider;
beforeAll(async () => {
  running = await runProvider();
  crm = {
    name: "crm",
    issuer: running.issuer,
    endpoints: "oidc",
    clientId: "valetkey",
    authentication: { method: "client_secret_basic", clientSecret: "oauth/crm" },
    grant: { type: "client_credentials" },
    scopes: ["contacts.read", "contacts.write"],
    resources: [RESOURCE],
    audiences: [],
    maxTokenSeconds: TOKEN_SECONDS,
  };
});
afterAll(async () => {
  vi.useRealTimers();
  await running?.close();
});

const readSecret = async (name: string): Promise<string> => {
  const text = running.secrets[name];
  if (text === undefined) throw new Refusal("connector_refused", { why: "no such secret" });
  return text;
};
const sealer = new FakeSealer();
const connectorOf = (...oauthProviders: readonly OauthProvider[]) =>
  oauthConnector({
    deployment: { oauthProviders },
    clock: { nowMs: () => Date.now() },
    sealer,
    oauth: new Oauth4webapiProviders(readSecret, () => Date.now(), 2_000),
  });

/** The connector, with the tokens that it issued under each lease. */
function testedWith(provider: OauthProvider): TestedConnector {
  const connector = connectorOf(provider);
  const tokens = new Map<string, string[]>();
  const tokensOf = (lease: ConnectorLease) => tokens.get(holderOf(lease)) ?? [];
  return {
    connector: {
      ...connector,
      issue: async (planned) => {
        const issued = await connector.issue(planned as Parameters<typeof connector.issue>[0]);
        tokens.set(holderOf(issued.lease), [...tokensOf(issued.lease), tokenOf(issued.credential)]);
        return issued;
      },
    } as TestedConnector["connector"],
    asked: () => ({ type: "oauth", provider: provider.name, scopes: ["contacts.read"] }),
    nowSeconds,
    works: async (credential) => (await running.introspect(tokenOf(credential))).scopes.includes("contacts.read"),
    doesBeside: async (credential) =>
      (await running.introspect(tokenOf(credential))).scopes.filter((scope) => scope !== "contacts.read"),
    dies: true,
    remains: async (lease) => (await Promise.all(tokensOf(lease).map(running.introspect))).some(({ active }) => active),
    forget: async (lease) => void (await Promise.all(tokensOf(lease).map(running.forget))),
    provider: (state) => running.wire.become(state),
    boundMs: 4_000,
    clocksShow: (atSeconds) =>
      atSeconds === undefined
        ? vi.useRealTimers()
        : void vi.useFakeTimers({ toFake: ["Date"], now: atSeconds * 1_000 }),
    traces: async () => running.log(),
    secretsIn: (credential) => [
      tokenOf(credential),
      ...Object.values(running.secrets).flatMap((text) => text.split("\n").filter((line) => line.length > 20)),
    ],
  };
}

describe.each<[string, () => Partial<OauthProvider>]>([
  ["with a client's secret", () => ({})],
  [
    "with a client's secret in the body, at addresses that are written down",
    () => ({
      clientId: "poster",
      authentication: { method: "client_secret_post", clientSecret: "oauth/crm" },
      endpoints: { token: `${running.issuer}/token`, revocation: `${running.issuer}/token/revocation` },
    }),
  ],
  [
    "with a client's key",
    () => ({
      clientId: "signer",
      authentication: { method: "private_key_jwt", privateKey: "oauth/crm-key", algorithm: "ES256", keyId: "one" },
    }),
  ],
  [
    "by token exchange",
    () => ({
      grant: {
        type: "token_exchange",
        subjectToken: "oauth/crm-broad",
        subjectTokenType: "urn:ietf:params:oauth:token-type:access_token",
      },
    }),
  ],
])("the oauth connector, %s", (_, changes) => {
  let tested: TestedConnector;
  beforeAll(() => {
    tested = testedWith({ ...crm, ...changes() });
  });
  connectorContract(() => tested);
});

describe("the oauth connector", () => {
  const issue = (provider: OauthProvider, given: object = {}) => {
    const connector = connectorOf(provider);
    const detail = { type: "oauth", provider: "crm", scopes: ["contacts.read"], ...given };
    return connector.issue(
      planFor({ connector: connector as TestedConnector["connector"], asked: () => detail, nowSeconds }) as Parameters<
        typeof connector.issue
      >[0],
    );
  };

  it("requests the token of one resource server, where a detail names it", async () => {
    const { credential } = await issue(crm, { resource: RESOURCE, scopes: ["contacts.read", "contacts.write"] });
    expect(credential).toMatchObject({ resource: RESOURCE, scope: "contacts.read contacts.write" });
    expect(await running.introspect(tokenOf(credential))).toMatchObject({ active: true, aud: RESOURCE });
  });

  it("hands out a lease no longer than the token lives, and knows when the token is dead", async () => {
    const { lease, credential } = await issue(crm);
    expect(lease.expiresAt - nowSeconds()).toBeLessThanOrEqual(TOKEN_SECONDS);
    expect(credential.expires_at).toBe(new Date(lease.expiresAt * 1_000).toISOString());
    expect(lease.made.dies_by).toBe(lease.expiresAt + 60);
  });

  it.each<[string, Partial<OauthProvider>, string]>([
    [
      "its secret is another one",
      { authentication: { method: "client_secret_basic", clientSecret: "oauth/wrong" } },
      "invalid_client",
    ],
    [
      "its secret does not exist",
      { authentication: { method: "client_secret_basic", clientSecret: "oauth/none" } },
      "no such secret",
    ],
    [
      "its key is no key",
      { authentication: { method: "private_key_jwt", privateKey: "oauth/wrong", algorithm: "ES256" } },
      "the client's key is none of that algorithm",
    ],
    ["it does not give us a scope that we configured", { scopes: ["admin"] }, "invalid_scope"],
    [
      "the token to exchange is not accepted",
      {
        grant: {
          type: "token_exchange",
          subjectToken: "oauth/wrong",
          subjectTokenType: "urn:ietf:params:oauth:token-type:access_token",
        },
      },
      "invalid_grant",
    ],
  ])("is refused by the provider where %s, and reports only that", async (_case, changes, why) => {
    const provider = { ...crm, ...changes };
    const error = await issue(provider, { scopes: [provider.scopes[0]] }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "connector_refused", detail: { why } });
  });

  it("reports a provider that refuses it", async () => {
    const connector = connectorOf({ ...crm, clientId: "nobody" });
    expect(await connector.health()).toEqual([{ subject: "crm", problem: "refuses us (invalid_client)" }]);
  });

  it.each<[string, Partial<OauthProvider>]>([
    ["issuer", { issuer: "http://127.0.0.1:9" }],
    ["client", { clientId: "poster" }],
    ["name", { name: "other" }],
  ])("does not treat a token as dead because another %s says so", async (_part, changes) => {
    const { lease, credential } = await issue(crm);
    expect(await connectorOf({ ...crm, ...changes }).revoke(lease)).toBe("failed");
    expect((await running.introspect(tokenOf(credential))).active).toBe(true);
    expect(await connectorOf(crm).revoke(lease)).toBe("revoked");
  });

  it("fails loudly where the record was changed, and revokes nothing of another lease", async () => {
    const [one, other] = await Promise.all([issue(crm), issue(crm)]);
    const { sealed } = other.lease;
    expect(await connectorOf(crm).revoke({ ...one.lease, ...(sealed ? { sealed } : {}) })).toBe("failed");
    expect((await running.introspect(tokenOf(other.credential))).active).toBe(true);
  });

  it("revokes the token where it cannot be stored", async () => {
    const before = new Set(running.log().split("\n"));
    sealer.before = () => {
      throw new Refusal("connector_unavailable", { why: "no key" });
    };
    try {
      await expect(issue(crm)).rejects.toMatchObject({
        code: "connector_unavailable",
        detail: { why: "no key; revoked" },
      });
    } finally {
      sealer.before = () => undefined;
    }
    expect(before.size).toBeGreaterThan(0);
    expect(running.log().split("\n").at(-1)).toBe("POST /token/revocation 200");
  });

  const LONG = "x".repeat(1_000);
  it.each<[string, object, RegExp]>([
    ["an unknown provider", { provider: "other" }, /^\[0\]\.provider /],
    ["a provider of another spelling", { provider: "CRM" }, /^\[0\]\.provider /],
    ["a provider that is no text", { provider: ["crm"] }, /^\[0\]\.provider /],
    ["a scope beyond the configured", { scopes: ["contacts.read", "deals.read"] }, /^\[0\]\.scopes\[1\] /],
    ["two scopes in one", { scopes: ["contacts.read contacts.write"] }, /^\[0\]\.scopes\[0\] /],
    ["a scope in quotes", { scopes: ['"contacts.read"'] }, /^\[0\]\.scopes\[0\] /],
    ["a scope with a new line", { scopes: ["contacts.read\n"] }, /^\[0\]\.scopes\[0\] /],
    ["a scope in other letters", { scopes: ["contаcts.read"] }, /^\[0\]\.scopes\[0\] /],
    ["a scope of 1,000 characters", { scopes: [LONG] }, /^\[0\]\.scopes\[0\] /],
    ["no scope", { scopes: [] }, /^\[0\]\.scopes /],
    ["an empty scope", { scopes: [""] }, /^\[0\]\.scopes\[0\] /],
    ["a pattern of scopes", { scopes: ["*"] }, /^\[0\]\.scopes\[0\] /],
    ["another resource", { resource: "https://other.example" }, /^\[0\]\.resource /],
    ["a resource of 1,000 characters", { resource: LONG }, /^\[0\]\.resource /],
    ["two resources", { resource: [RESOURCE] }, /^\[0\]\.resource /],
    ["an audience, where none is configured", { audience: "x" }, /^\[0\]\.audience /],
    ["a grant of its own", { grant_type: "password" }, /^\[0\] may hold only /],
  ])("refuses an intent for %s, names the part, and calls nobody", async (_case, given, place) => {
    const before = running.log();
    const error = await Promise.resolve()
      .then(() => issue(crm, given))
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "intent_invalid", status: 400 });
    const say = (error as Refusal).detail.say?.replace(/^authorization_details/, "");
    expect(say).toMatch(place);
    expect(say).not.toMatch(/[^\x20-\x7e]|xxx/);
    expect(running.log()).toBe(before);
  });
});
