import { loadConnectors } from "../../functions/connectors/connectors.ts";
import { type GithubApp, REPOSITORY_PERMISSIONS } from "../../functions/connectors/github/github-apps.ts";
import type { OauthProvider } from "../../functions/connectors/oauth/oauth-providers.ts";
import type { Database } from "../../functions/connectors/postgres/databases.ts";
import type { Connectors } from "../../functions/core/connectors/connector.ts";
import { isRecord, type JsonObject } from "../../functions/core/intent/place.ts";

const connectorsBy = await loadConnectors();

/**
 * The connectors, to parse and to describe details: what a provider is needed for is none of policy's business.
 * @param intent what it names is ours: which databases, providers and owners are is the matter of valetkey.json.
 */
export function connectorsFor(intent: readonly unknown[]): Connectors {
  const of = (type: string) => intent.filter(isRecord).filter((detail) => detail.type === type);
  return connectorsBy({
    deployment: {
      databases: of("postgres").map(databaseIn),
      oauthProviders: of("oauth").map(providerIn),
      githubApps: of("github").flatMap(({ repositories }) => textsIn(repositories).map(appOf)),
    },
    ownSecrets: [],
    clock: { nowMs: () => 0 },
    random: { bytes: noProvider },
    secrets: { find: noProvider, read: noProvider },
    databases: { session: noProvider },
    locks: { take: noProvider, recordReads: noProvider, release: noProvider, states: noProvider },
    sealer: { seal: noProvider, open: noProvider },
    oauth: { ask: noProvider, revoke: noProvider },
    github: { ask: noProvider, revoke: noProvider, installation: noProvider },
  });
}

const databaseIn = ({ database }: JsonObject): Database => ({
  name: String(database),
  host: "127.0.0.1",
  port: 5432,
  database: String(database),
  adminSecret: "",
});

const providerIn = ({ provider, scopes, resource, audience }: JsonObject): OauthProvider => ({
  name: String(provider),
  issuer: "https://provider.example.com",
  endpoints: "oauth2",
  clientId: "",
  authentication: { method: "client_secret_basic", clientSecret: "" },
  grant: { type: "client_credentials" },
  scopes: textsIn(scopes),
  resources: textsIn([resource]),
  audiences: textsIn([audience]),
  maxTokenSeconds: 3_600,
});

const appOf = (repository: string): GithubApp => ({
  owner: repository.slice(0, Math.max(0, repository.indexOf("/"))).toLowerCase(),
  appId: 1,
  installationId: 1,
  privateKey: "",
  apiUrl: "https://api.github.com",
  permissions: Object.fromEntries(
    Object.entries(REPOSITORY_PERMISSIONS).map(([name, levels]) => [name, levels.at(-1) ?? "read"]),
  ),
});

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];

function noProvider(): never {
  throw new Error("a decision asks no provider");
}
