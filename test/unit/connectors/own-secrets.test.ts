import { expect, it } from "vitest";
import { isWithin } from "../../../functions/connectors/github/github-apps.ts";
import type { OauthProvider } from "../../../functions/connectors/oauth/oauth-providers.ts";
import { approvalSecrets, ownSecrets } from "../../../functions/connectors/own-secrets.ts";

const provider = (changes: Partial<OauthProvider>): OauthProvider => ({
  name: "crm",
  issuer: "https://login.example.com",
  endpoints: "oidc",
  clientId: "valetkey",
  authentication: { method: "client_secret_basic", clientSecret: "oauth/secret" },
  grant: { type: "client_credentials" },
  scopes: ["a"],
  resources: [],
  audiences: [],
  maxTokenSeconds: 600,
  ...changes,
});

it("every secret that the configuration names is the deployment's own", () => {
  const exchange = { type: "token_exchange", subjectToken: "oauth/broad", subjectTokenType: "x" } as const;
  const key = { method: "private_key_jwt", privateKey: "oauth/key", algorithm: "ES256" } as const;
  expect(
    ownSecrets({
      databases: [{ name: "orders", host: "db", port: 5_432, database: "orders", adminSecret: "databases/orders" }],
      oauthProviders: [provider({}), provider({ authentication: key, grant: exchange })],
      githubApps: [
        { owner: "acme", appId: 1, installationId: 2, privateKey: "github/app", apiUrl: "https://x", permissions: {} },
      ],
      oauthClients: [
        {
          secret: "clients/report",
          clientId: "report",
          configurationUrl: "https://x",
          registrationToken: "clients/rat",
        },
      ],
    }),
  ).toEqual(["databases/orders", "oauth/secret", "oauth/key", "oauth/broad", "github/app", "clients/rat"]);
  expect(ownSecrets({})).toEqual([]);
});

it("clients' and channels' secrets of approvals are leased to nobody", () => {
  const staff = { approvals: { secret: "approvals/staff" } };
  const notify = { ops: { kind: "slack", secret: "notify/ops" } } as const;
  expect(approvalSecrets({ issuers: [staff, {}], notify })).toEqual(["approvals/staff", "notify/ops"]);
  expect(ownSecrets({ notify })).toEqual(["notify/ops"]);
});

it.each<[boolean, string, string | undefined]>([
  [true, "read", "read"],
  [true, "read", "admin"],
  [true, "write", "write"],
  [false, "write", "read"],
  [false, "admin", "write"],
  [false, "read", undefined],
  [false, "read", "none"],
  [false, "all", "admin"],
  [false, "all", "all"],
])("I1: it is %s that the level %s is within %s", (expected, level, most) => {
  expect(isWithin(level, most)).toBe(expected);
});
