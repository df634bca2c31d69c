import type { MarkedEntry } from "../../core/deployment/connector-type.ts";
/** Levels of a GitHub permission; each includes those before it. */
export const PERMISSION_LEVELS = ["read", "write", "admin"] as const;
export type PermissionLevel = (typeof PERMISSION_LEVELS)[number];

const READ_WRITE = ["read", "write"] as const;

/**
 * Levels of each permission that is about a repository. Source: `app-permissions` of GitHub's REST description.
 * Permissions of an organization or a person are left out: they are about no repository that a policy could name.
 * `single_file` is left out too: the App's settings, and not the request, name the file.
 */
export const REPOSITORY_PERMISSIONS: Readonly<Record<string, readonly PermissionLevel[]>> = {
  actions: READ_WRITE,
  administration: READ_WRITE,
  artifact_metadata: READ_WRITE,
  attestations: READ_WRITE,
  checks: READ_WRITE,
  code_quality: READ_WRITE,
  codespaces: READ_WRITE,
  contents: READ_WRITE,
  dependabot_secrets: READ_WRITE,
  deployments: READ_WRITE,
  discussions: READ_WRITE,
  environments: READ_WRITE,
  issues: READ_WRITE,
  merge_queues: READ_WRITE,
  metadata: READ_WRITE,
  packages: READ_WRITE,
  pages: READ_WRITE,
  pull_requests: READ_WRITE,
  repository_custom_properties: READ_WRITE,
  repository_hooks: READ_WRITE,
  repository_projects: PERMISSION_LEVELS,
  secret_scanning_alerts: READ_WRITE,
  secrets: READ_WRITE,
  security_events: READ_WRITE,
  statuses: READ_WRITE,
  vulnerability_alerts: READ_WRITE,
  workflows: ["write"],
};

/** `{"contents": "read"}` */
export type Permissions = Readonly<Record<string, PermissionLevel>>;

/** Returns true where a level is not above another. A level that GitHub may add one day counts as above all. */
export const isWithin = (level: string, most: string | undefined): boolean => {
  const rank = (PERMISSION_LEVELS as readonly string[]).indexOf(level);
  return rank >= 0 && most !== undefined && rank <= (PERMISSION_LEVELS as readonly string[]).indexOf(most);
};

/** One installation of a GitHub App: an entry of `githubApps` in `valetkey.json`. */
export interface GithubApp extends MarkedEntry {
  /** Owner of the repositories, in lower case: the name of a person or an organization. */
  readonly owner: string;
  readonly appId: number;
  readonly installationId: number;
  /** Name of the secret with the App's private key, as GitHub issued it: PEM. */
  readonly privateKey: string;
  /** Address of the API: `https://api.github.com`, or that of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  /** Upper bound on the permissions that a task may request. */
  readonly permissions: Permissions;
}

export interface InstallationRequest {
  /** Names of the repositories, without the owner. */
  readonly repositories: readonly string[];
  readonly permissions: Permissions;
}

/** GitHub's answer, which nobody has checked yet. */
export interface InstallationToken {
  readonly token: string;
  /** Epoch seconds, by GitHub's clock. */
  readonly expiresAt?: number;
  readonly permissions: Readonly<Record<string, string>>;
  /** Repositories with their owners, in lower case; absent where the token opens all that the App is installed on. */
  readonly repositories?: readonly string[];
}

export interface Installation {
  /** In lower case. */
  readonly owner: string;
  readonly isSuspended: boolean;
  readonly permissions: Readonly<Record<string, string>>;
}

export interface GithubApps {
  /**
   * Requests a token. Returns it, or the requested repositories on which the App is not installed. Every wait is
   * bounded.
   * @throws {Refusal} connector_unavailable, also while GitHub limits our rate; connector_refused where GitHub refuses,
   * with the status as `why`.
   */
  ask(
    app: GithubApp,
    request: InstallationRequest,
  ): Promise<InstallationToken | { readonly missing: readonly string[] }>;
  /**
   * Revokes a token; has no effect on a token that GitHub does not know.
   * @throws {Refusal} as `ask`.
   */
  revoke(app: GithubApp, token: string): Promise<void>;
  /**
   * Reads the installation at GitHub.
   * @throws {Refusal} as `ask`.
   */
  installation(app: GithubApp): Promise<Installation>;
}
