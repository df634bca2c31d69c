import type { ConnectorDefinition } from "../connector-definition.ts";
import type { GithubApp } from "./github-apps.ts";

declare module "../../core/connectors/connector-type.ts" {
  interface ConnectorTypes {
    readonly github: "githubApps";
  }
  interface ConnectorSections {
    /** Installations of GitHub Apps whose tokens tasks may get; one for each owner of repositories. */
    readonly githubApps?: readonly GithubApp[];
  }
}

/** Installation tokens of GitHub Apps. */
export const GITHUB = {
  type: "github",
  keepsTokens: true,
  section: {
    name: "githubApps",
    nameOf: ({ owner }) => owner,
    repeated: (owner) => `two are of the owner "${owner}"; a repository could not be told apart`,
    deployed: (app) => ({ ...app, apiUrl: app.apiUrl.replace(/\/$/, "") }),
    secretsOf: ({ privateKey }) => [privateKey],
  },
  actions: {
    "github:Read": { resource: "RepositoryPermission", groups: [] },
    "github:Write": { resource: "RepositoryPermission", groups: [] },
    "github:Admin": { resource: "RepositoryPermission", groups: [] },
  },
} as const satisfies ConnectorDefinition<"github">;
