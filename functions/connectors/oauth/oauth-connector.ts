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
import { describeOauth, narrowOauth, type OauthDetail, parseOauth } from "./oauth-detail.ts";
import type { OauthProvider, OauthProviders, TokenAnswer } from "./oauth-providers.ts";

export interface OauthNeeds {
  readonly deployment: Pick<Deployment, "oauthProviders">;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly oauth: OauthProviders;
}

/** Makes the connector that issues access tokens of OAuth providers, with the requested scopes and no others. */
export const oauthConnector = (ports: OauthNeeds): Connector<OauthDetail> => ({
  type: "oauth",
  isFoundByName: false,
  parse: (detail, place) => parseOauth(detail, place, ports.deployment.oauthProviders ?? []),
  describe: describeOauth,
  narrow: narrowOauth,
  plan: (granted, task, nowSeconds) => plan(granted, task, nowSeconds, ports),
  issue: (planned) => issue(planned, ports),
  revoke: (lease) =>
    revokeSealedToken(lease, ports, async (token) => ports.oauth.revoke(providerOf(lease, ports), token)),
  health: async () =>
    (await Promise.all((ports.deployment.oauthProviders ?? []).map((each) => check(each, ports)))).flat(),
});

function plan(
  { detail, index, terms }: GrantedDetail<OauthDetail>,
  task: LeaseTask,
  nowSeconds: number,
  ports: OauthNeeds,
): PlannedIssue<OauthDetail> {
  const provider = named(detail.provider, ports);
  const startedAt = Math.floor(nowSeconds);
  const lease: ConnectorLease = {
    name: `oauth-${index}`,
    path: task.path,
    type: "oauth",
    detail: index,
    state: "issuing",
    startedAt,
    expiresAt: leaseDeadline(task, terms, nowSeconds),
    made: {
      provider: provider.name,
      issuer: provider.issuer,
      client: provider.clientId,
      dies_by: diesByWhateverHappens(startedAt, provider.maxTokenSeconds),
    },
  };
  return { lease, detail };
}

/** Requests a token, checks it, and seals it into the lease. Only a token that the record can revoke is handed out. */
async function issue({ lease, detail }: PlannedIssue<OauthDetail>, ports: OauthNeeds): Promise<IssuedCredential> {
  const provider = providerOf(lease, ports);
  const answer = await ports.oauth.ask(provider, detail);
  const { token, scopes = detail.scopes, expiresInSeconds = 0, others } = answer;
  const diesAt = Math.floor(ports.clock.nowMs() / 1_000) + expiresInSeconds;
  const seal = async () => {
    const why = answerProblem(answer, detail.scopes, provider);
    if (why !== undefined) throw new Refusal("connector_refused", { why });
    return sealToken(token, lease, ports.sealer);
  };
  const revokeAll = () => Promise.all([token, ...others].map((each) => ports.oauth.revoke(provider, each)));
  const sealed = await orRevoke(seal, revokeAll);
  const expiresAt = Math.min(lease.expiresAt, Math.floor(diesAt));
  return {
    lease: { ...lease, state: "issued", expiresAt, sealed, made: { ...lease.made, dies_by: diesBy(diesAt) } },
    credential: {
      type: "oauth",
      name: lease.name,
      access_token: token,
      token_type: "Bearer",
      scope: scopes.join(" "),
      ...defined({ resource: detail.resource, audience: detail.audience }),
      expires_at: new Date(expiresAt * 1_000).toISOString(),
    },
  };
}

/**
 * Finds the provider of the lease's token, before and after its issue. Another issuer or client under that name would
 * answer "revoked" (RFC 7009, section 2.2), and the token would live on.
 * @throws {Refusal} connector_refused where the configuration was changed while it had leases.
 */
function providerOf({ made }: ConnectorLease, ports: OauthNeeds): OauthProvider {
  const provider = named(made.provider, ports);
  if (provider.issuer !== made.issuer || provider.clientId !== made.client)
    throw new Refusal("connector_refused", { why: "the provider was configured anew" });
  return provider;
}

function named(name: unknown, ports: OauthNeeds): OauthProvider {
  const provider = ports.deployment.oauthProviders?.find((each) => each.name === name);
  if (!provider) throw new Refusal("connector_refused", { why: "a provider that is not configured" });
  return provider;
}

/**
 * Checks a provider by revoking a token that never existed. Success shows that the provider is reachable and knows our
 * client, and changes nothing (RFC 7009, section 2.2).
 */
async function check(provider: OauthProvider, ports: OauthNeeds): Promise<readonly HealthFault[]> {
  try {
    await ports.oauth.revoke(provider, "valetkey-asks-whether-you-are-well");
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const problem = error.isOutage ? "cannot be reached" : `refuses us (${error.detail.why})`;
    return [{ subject: provider.name, problem }];
  }
}

/**
 * Returns the reason why a provider's answer may not be handed out; undefined for a good answer. The reason is for the
 * record, and holds no text of the provider's.
 */
function answerProblem(
  answer: TokenAnswer,
  requested: readonly string[],
  { maxTokenSeconds }: Pick<OauthProvider, "maxTokenSeconds">,
): string | undefined {
  const { token, tokenType, expiresInSeconds, scopes = requested, others } = answer;
  if (!isToken(token)) return "a token that cannot be sent";
  if (tokenType !== "bearer") return "a token of another type";
  // A second token would outlive the one that is revoked (RFC 6749, section 4.4.3; RFC 8693, section 2.2.1).
  if (others.length > 0) return "more tokens than one";
  if (scopes.length === 0) return "no scope";
  if (scopes.some((scope) => !requested.includes(scope))) return "other scopes than requested";
  if (expiresInSeconds === undefined) return "a token without a lifetime";
  return expiresInSeconds > 0 && expiresInSeconds <= maxTokenSeconds
    ? undefined
    : "a token that lives longer than configured";
}
