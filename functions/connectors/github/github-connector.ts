import type {
  Connector,
  GrantedDetail,
  HealthFault,
  IssuedCredential,
  LeaseTask,
  PlannedIssue,
  Sealer,
} from "../../core/connectors/connector.ts";
import { defined } from "../../core/defined.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Clock } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import { leaseDeadline } from "../../core/tasks/lease-deadline.ts";
import { orRevoke } from "../or-revoke.ts";
import { diesBy, diesByWhateverHappens, isToken, revokeSealedToken, sealToken } from "../sealed-token.ts";
import { describeGithub, narrowGithub } from "./describe-github.ts";
import { type GithubApp, type GithubApps, type InstallationToken, isWithin, type Permissions } from "./github-apps.ts";
import { type GithubDetail, parseGithub } from "./github-detail.ts";

export interface GithubNeeds {
  readonly deployment: Pick<Deployment, "githubApps">;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly github: GithubApps;
}

/**
 * Makes the connector that issues installation tokens of GitHub Apps, for exactly the requested repositories and
 * permissions.
 */
export const githubConnector = (ports: GithubNeeds): Connector<GithubDetail> => ({
  type: "github",
  isFoundByName: false,
  parse: (detail, place) => parseGithub(detail, place, ports.deployment.githubApps ?? []),
  describe: describeGithub,
  narrow: narrowGithub,
  plan: (granted, task, nowSeconds) => plan(granted, task, nowSeconds, ports),
  issue: (planned) => issue(planned, ports),
  revoke: (lease) => revokeSealedToken(lease, ports, async (token) => ports.github.revoke(appOf(lease, ports), token)),
  health: async () => (await Promise.all((ports.deployment.githubApps ?? []).map((each) => check(each, ports)))).flat(),
});

function plan(
  { detail, index, terms }: GrantedDetail<GithubDetail>,
  task: LeaseTask,
  nowSeconds: number,
  ports: GithubNeeds,
): PlannedIssue<GithubDetail> {
  const app = ownedBy(detail.repositories[0]?.split("/")[0], ports);
  const startedAt = Math.floor(nowSeconds);
  const lease: ConnectorLease = {
    name: `github-${index}`,
    path: task.path,
    type: "github",
    detail: index,
    state: "issuing",
    startedAt,
    expiresAt: leaseDeadline(task, terms, nowSeconds),
    made: { owner: app.owner, api: app.apiUrl, dies_by: diesByWhateverHappens(startedAt, TOKEN_SECONDS) },
  };
  return { lease, detail };
}

/** Requests a token, checks it, and seals it into the lease. Only a token that the record can revoke is handed out. */
async function issue({ lease, detail }: PlannedIssue<GithubDetail>, ports: GithubNeeds): Promise<IssuedCredential> {
  const app = appOf(lease, ports);
  const repositories = detail.repositories.map(ownName);
  const answer = await ports.github.ask(app, { repositories, permissions: detail.permissions });
  if ("missing" in answer) return refuseMissing(lease, repositories, answer.missing);
  const nowSeconds = Math.floor(ports.clock.nowMs() / 1_000);
  const { token, expiresAt: diesAt = nowSeconds + TOKEN_SECONDS } = answer;
  const seal = async () => {
    const why = tokenProblem(answer, detail, nowSeconds);
    if (why !== undefined) throw new Refusal("connector_refused", { why });
    return sealToken(token, lease, ports.sealer);
  };
  const sealed = await orRevoke(seal, () => ports.github.revoke(app, token));
  const expiresAt = Math.min(lease.expiresAt, Math.floor(diesAt));
  return {
    lease: { ...lease, state: "issued", expiresAt, sealed, made: { ...lease.made, dies_by: diesBy(diesAt) } },
    credential: {
      type: "github",
      name: lease.name,
      token,
      api_url: app.apiUrl,
      repositories: answer.repositories ?? [],
      permissions: answer.permissions,
      expires_at: new Date(expiresAt * 1_000).toISOString(),
    },
  };
}

const ownName = (repository: string): string => repository.slice(repository.indexOf("/") + 1);

function refuseMissing({ detail }: ConnectorLease, requested: readonly string[], missing: readonly string[]): never {
  const places = requested.flatMap((name, index) => (missing.includes(name) ? [`repositories[${index}]`] : []));
  throw new Refusal("intent_invalid", {
    say: `authorization_details[${detail}]: ${places.join(", ")} does not exist, or this deployment's App is not installed on it.`,
  });
}

/**
 * Finds the App of the lease's token. Another server would answer that it does not know the token, and the token would
 * live on.
 * @throws {Refusal} connector_refused where the configuration was changed while it had leases.
 */
function appOf({ made }: ConnectorLease, ports: GithubNeeds): GithubApp {
  const app = ownedBy(made.owner, ports);
  if (app.apiUrl !== made.api) throw new Refusal("connector_refused", { why: "the App was configured anew" });
  return app;
}

function ownedBy(owner: unknown, ports: GithubNeeds): GithubApp {
  const app = ports.deployment.githubApps?.find((each) => each.owner === owner);
  if (!app) throw new Refusal("connector_refused", { why: "an App that is not configured" });
  return app;
}

async function check(app: GithubApp, ports: GithubNeeds): Promise<readonly HealthFault[]> {
  const fault = (problem: string, mend?: string): readonly HealthFault[] => [
    { subject: app.owner, problem, ...defined({ mend }) },
  ];
  try {
    const { owner, isSuspended, permissions } = await ports.github.installation(app);
    if (owner !== app.owner) return fault("has an installation that is somebody else's", "mend its installationId");
    if (isSuspended) return fault("has suspended the App");
    const lacking = Object.entries(app.permissions).filter(([name, level]) => !isWithin(level, permissions[name]));
    if (lacking.length === 0) return [];
    const names = lacking.map(([name, level]) => `${name}: ${level}`).join(", ");
    return fault(`has not granted the App ${names}`, "ask for them in the App's settings, and have the owner accept");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return fault(error.isOutage ? "cannot be reached" : `refuses us (${error.detail.why})`);
  }
}

/** Lifetime of installation tokens, which no request can change; seconds. */
const TOKEN_SECONDS = 3_600;
/** Upper bound on the time by which GitHub's clock may be ahead of ours. */
const AHEAD_SECONDS = 60;

/** Permissions that come with every other permission on a repository, requested or not. */
const ALWAYS: Permissions = { metadata: "read" };

/**
 * Returns the reason why GitHub's answer may not be handed out; undefined for a good answer. The reason is for the
 * record, and holds no text of GitHub's.
 */
function tokenProblem(
  { token, expiresAt, permissions, repositories }: InstallationToken,
  requested: GithubDetail,
  nowSeconds: number,
): string | undefined {
  if (!isToken(token)) return "a token that cannot be sent";
  const most = { ...ALWAYS, ...requested.permissions };
  if (!Object.entries(permissions).every(([name, level]) => Object.hasOwn(most, name) && isWithin(level, most[name])))
    return "other permissions than requested";
  if (repositories === undefined) return "every repository";
  if (repositories.some((each) => !requested.repositories.includes(each))) return "other repositories than requested";
  if (repositories.length === 0) return "no repository";
  if (expiresAt === undefined) return "a token without a lifetime";
  return expiresAt <= nowSeconds + TOKEN_SECONDS + AHEAD_SECONDS ? undefined : "a token that lives longer than an hour";
}
