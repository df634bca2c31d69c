import type { Connector, Connectors, ConnectorType } from "../core/connector.ts";
import { type GithubNeeds, githubConnector } from "./github/github-connector.ts";
import { type OauthNeeds, oauthConnector } from "./oauth/oauth-connector.ts";
import { type PostgresNeeds, postgresConnector } from "./postgres/postgres-connector.ts";
import { type SecretNeeds, secretConnector } from "./secret/secret-connector.ts";

/** Every connector by the type of detail that it understands. `aws` keeps its own path: STS runs beside the record, for speed. */
export const connectorsBy = (ports: PostgresNeeds & SecretNeeds & OauthNeeds & GithubNeeds) =>
  ({
    postgres: postgresConnector(ports),
    secret: secretConnector(ports),
    oauth: oauthConnector(ports),
    github: githubConnector(ports),
  }) satisfies Readonly<Record<ConnectorType, Connector>>;

/** Those that this deployment has something to hand out with. */
export function connectorsOf(ports: Parameters<typeof connectorsBy>[0]): Connectors {
  const { postgres, secret, oauth, github } = connectorsBy(ports);
  const { databases = [], oauthProviders = [], githubApps = [] } = ports.deployment;
  return {
    secret,
    ...(databases.length > 0 ? { postgres } : {}),
    ...(oauthProviders.length > 0 ? { oauth } : {}),
    ...(githubApps.length > 0 ? { github } : {}),
  };
}
