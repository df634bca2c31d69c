import type { ConnectorDefinition } from "../connector-definition.ts";
import { textsIn } from "../texts-in.ts";
import { type GithubApp, REPOSITORY_PERMISSIONS } from "./github-apps.ts";
import { repositoryName } from "./repository-name.ts";

declare module "../../core/deployment/connector-type.ts" {
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
  diesWhenRevoked: true,
  section: {
    name: "githubApps",
    nameOf: ({ owner }) => owner,
    repeated: (owner) => `two have the owner "${owner}"; a repository would have two Apps`,
    deployed: (app) => ({ ...app, apiUrl: app.apiUrl.replace(/\/$/, "") }),
    secretsOf: ({ privateKey }) => [privateKey],
    sample: (details) => details.flatMap(({ repositories }) => textsIn(repositories).map(sampleApp)),
  },
  actions: {
    "github:Read": { resource: "RepositoryPermission", groups: [] },
    "github:Write": { resource: "RepositoryPermission", groups: [] },
    "github:Admin": { resource: "RepositoryPermission", groups: [] },
  },
  reached: ({ repositories }) => textsIn(repositories).map(ownerOf),
  entities: `
// A repository of GitHub, in lower case: resource in Repository::"acme/site" is every permission on it.
entity Repository;

// One of GitHub's repository permissions on one repository: github:Read, Write, Admin. A token that may write may also read: both are decided.
entity RepositoryPermission in [Repository] {
  owner: String,
  repository: String,
  permission: String,
};
`,
  spelling: {
    entities: { Repository: spelledRepository, RepositoryPermission: spelledPermission },
    attributes: ["repository"],
    ownAttributes: ["owner"],
    spelled: (text) => text.toLowerCase(),
    problem: (text, evaluated) =>
      evaluated === undefined
        ? `"${text}" is no repository such as acme/site, so this is never met`
        : `repositories of GitHub are evaluated in lower case, so "${text}" is never met; write "${evaluated}"`,
  },
  threat: {
    credential: "installation token of a GitHub App",
    thief:
      "Calls GitHub's API from anywhere with the granted permissions on the granted repositories, and reads everything that is public.",
    endsWithTask: true,
    longest: 3_600,
    revoked: "DELETE /installation/token, when the task ends and at the deadline.",
    outlives:
      "A token lives for an hour, whatever is asked; where GitHub cannot be reached, or its answer was lost, it lives until then.",
    others:
      "Nobody but the task. The App's private key, in a secret that no task is leased, makes tokens for every permission and repository of the installation.",
    residual: [
      "A repository that is renamed while a token is alive stays open to it.",
      "GitHub's own log says which App acted, and not which task.",
    ],
  },
  // The `gh` command, and most of what speaks to GitHub.
  variables: { token: "GH_TOKEN" },
  variablesInTheWay: /^(?:GH|GITHUB)_TOKEN$/,
} as const satisfies ConnectorDefinition<"github">;

function spelledRepository(id: string): string | undefined {
  const { owner, name } = repositoryName(id) ?? {};
  return owner === undefined ? undefined : `${owner}/${name}`;
}

/** `acme/site:contents` */
function spelledPermission(id: string): string | undefined {
  const [, repository = id, permission = ""] = /^(.*)(:[^:]*)$/.exec(id) ?? [];
  const spelled = spelledRepository(repository);
  return spelled && `${spelled}${permission}`;
}

const ownerOf = (repository: string): string => repository.slice(0, Math.max(0, repository.indexOf("/"))).toLowerCase();

const sampleApp = (repository: string): GithubApp => ({
  owner: ownerOf(repository),
  appId: 1,
  installationId: 1,
  privateKey: "",
  apiUrl: "https://api.github.com",
  permissions: Object.fromEntries(
    Object.entries(REPOSITORY_PERMISSIONS).map(([name, levels]) => [name, levels.at(-1) ?? "read"]),
  ),
});
