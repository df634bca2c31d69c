import type { Connector } from "../core/connector.ts";
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
  }) satisfies Readonly<Record<string, Connector>>;
