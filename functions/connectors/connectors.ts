import type { Connector, Connectors } from "../core/connectors/connector.ts";
import type { ConnectorType } from "../core/connectors/connector-type.ts";
import type { GithubNeeds } from "./github/github-connector.ts";
import type { OauthNeeds } from "./oauth/oauth-connector.ts";
import type { PostgresNeeds } from "./postgres/postgres-connector.ts";
import type { SecretNeeds } from "./secret/secret-connector.ts";

/** What the connectors work with. */
export type ConnectorNeeds = PostgresNeeds & SecretNeeds & OauthNeeds & GithubNeeds;

/**
 * Every connector by the type of detail that it understands; its code is read where a deployment uses it, and not at every cold start.
 * `aws` keeps its own path: STS runs beside the record, for speed.
 */
const CONNECTORS = {
  postgres: async () => (await import("./postgres/postgres-connector.ts")).postgresConnector,
  secret: async () => (await import("./secret/secret-connector.ts")).secretConnector,
  oauth: async () => (await import("./oauth/oauth-connector.ts")).oauthConnector,
  github: async () => (await import("./github/github-connector.ts")).githubConnector,
} satisfies Readonly<Record<ConnectorType, () => Promise<(ports: ConnectorNeeds) => Connector>>>;

/** Those that this deployment has something to hand out with. */
export async function connectorsOf(ports: ConnectorNeeds): Promise<Connectors> {
  const { databases = [], oauthProviders = [], githubApps = [] } = ports.deployment;
  const used = {
    secret: true,
    postgres: databases.length > 0,
    oauth: oauthProviders.length > 0,
    github: githubApps.length > 0,
  };
  const make = await loadConnectors((Object.keys(used) as ConnectorType[]).filter((type) => used[type]));
  return make(ports);
}

/** The connectors of these types, to be made of ports; all of them unless told. */
export async function loadConnectors(types = Object.keys(CONNECTORS) as ConnectorType[]) {
  const loaded = await Promise.all(types.map(async (type) => [type, await CONNECTORS[type]()] as const));
  return (ports: ConnectorNeeds): Connectors => Object.fromEntries(loaded.map(([type, make]) => [type, make(ports)]));
}
