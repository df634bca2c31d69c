/** Levels of one of GitHub's permissions; each includes those before it. */
export const PERMISSION_LEVELS = ["read", "write", "admin"] as const;
export type PermissionLevel = (typeof PERMISSION_LEVELS)[number];

const READ_WRITE = ["read", "write"] as const;

/**
 * The levels of each permission that is about a repository: `app-permissions` of GitHub's REST description. Those of an organization or a
 * person are about no repository that a policy could name, and which file `single_file` means is the App's setting: none of them is handed out.
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

/** True where a level is not above another; nothing is below `read`, and a level that GitHub may add one day is above all. */
export const isWithin = (level: string, most: string | undefined): boolean => {
  const rank = (PERMISSION_LEVELS as readonly string[]).indexOf(level);
  return rank >= 0 && most !== undefined && rank <= (PERMISSION_LEVELS as readonly string[]).indexOf(most);
};

/** One installation of a GitHub App: an entry of `githubApps` in `valetkey.json`. */
export interface GithubApp {
  /** Whose repositories it is installed on, in lower case: a person's or an organization's name. */
  readonly owner: string;
  readonly appId: number;
  readonly installationId: number;
  /** The secret with the App's key, as GitHub gave it: PEM. */
  readonly privateKey: string;
  /** `https://api.github.com`, or of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  /** The most that may be asked for. */
  readonly permissions: Permissions;
}

export interface InstallationRequest {
  /** Names of the repositories, without the owner's. */
  readonly repositories: readonly string[];
  readonly permissions: Permissions;
}

/** GitHub's answer, before anybody has judged it. */
export interface InstallationToken {
  readonly token: string;
  /** Epoch seconds, by GitHub's clock. */
  readonly expiresAt?: number;
  readonly permissions: Readonly<Record<string, string>>;
  /** With their owners, in lower case; without it, all that the App is installed on. */
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
   * A token, or which of the repositories the App is not installed on. Every wait is bounded.
   * @throws {Refusal} connector_unavailable, also while GitHub limits our rate; connector_refused where it said no. `why` is the status.
   */
  ask(
    app: GithubApp,
    request: InstallationRequest,
  ): Promise<InstallationToken | { readonly missing: readonly string[] }>;
  /** The token is dead, or was unknown already. @throws {Refusal} as `ask`. */
  revoke(app: GithubApp, token: string): Promise<void>;
  /** As it is at GitHub. @throws {Refusal} as `ask`. */
  installation(app: GithubApp): Promise<Installation>;
}
