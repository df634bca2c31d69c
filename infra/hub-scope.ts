import type { Config } from "../config/schema.ts";
import { keepsTokens, providerSecrets } from "../functions/connectors/own-secrets.ts";
import { keptTaskRoles, SEALING_SECRET } from "../functions/names.ts";
import { type HubScope, secretArn } from "./rights.ts";

/** The one table, the queues and the one bus of a hub. The names are fixed, so that rights can be written, and read, in full. */
export const TABLE_NAME = "valetkey";
export const QUEUE_NAME = "valetkey-revocations.fifo";

/**
 * How long a role is given to nobody else whose writer has died before it wrote anything; seconds. A writer that is about to write takes the role for as
 * long as that may land (`takeRole`). Lambda advises six times the function's time, for messages that find no free function; no more are taken than
 * there are functions (`RevocationPath`).
 */
export const QUEUE_HIDDEN_SECONDS = 8;
/** Credentials of connectors that are to be taken back. */
export const RELEASE_QUEUE_NAME = "valetkey-releases.fifo";
/** Endings that a probe is to watch. */
export const PROBE_QUEUE_NAME = "valetkey-probes";
/** Credentials of connectors, each at the end of its time. */
export const DEADLINE_QUEUE_NAME = "valetkey-deadlines";
export const BUS_NAME = "valetkey";
/** Where events go that `intake` could not be given, or did not get done. */
export const UNDONE_QUEUE_NAME = "valetkey-undone-events";

/** What of a configuration the rights depend on. */
type ScopedConfig = Pick<Config, "hub" | "accounts" | "bus" | "oauthClients" | "vpc"> & Sections;
type Sections = Parameters<typeof providerSecrets>[0];

/** What the rights of a deployment's functions are limited to, out of its configuration alone. */
export function hubScopeOf(config: ScopedConfig): HubScope {
  return {
    partition: partitionOf(config.hub.region),
    region: config.hub.region,
    account: config.hub.account,
    tableName: TABLE_NAME,
    queueName: QUEUE_NAME,
    releaseQueueName: RELEASE_QUEUE_NAME,
    probeQueueName: PROBE_QUEUE_NAME,
    deadlineQueueName: DEADLINE_QUEUE_NAME,
    busName: BUS_NAME,
    undoneQueueName: UNDONE_QUEUE_NAME,
    ownSecrets: ownSecretsOf(config),
    registrationTokens: [...new Set((config.oauthClients ?? []).map(({ registrationToken }) => registrationToken))],
    ...(config.vpc === undefined ? {} : { vpc: config.vpc }),
    publishers: config.bus?.publishers ?? [],
    targets: config.accounts.map((account) => ({
      account: account.id,
      taskRoles: keptTaskRoles(account),
      ...(account.retired ? { isRetired: true } : {}),
    })),
  };
}

/**
 * ARNs, as patterns for IAM, of the secrets by which the hub shows who it is; none in an account that is not the hub's.
 * Each ends in the six characters that Secrets Manager adds to a name.
 */
export const ownSecretArnsIn = (account: string, scope: HubScope): readonly string[] =>
  account === scope.account
    ? [...new Set([...scope.ownSecrets, ...scope.registrationTokens])].map((name) =>
        secretArn(`${name}-??????`, { ...scope, region: "*" }),
      )
    : [];

/** Secrets by which the hub shows the connectors' providers who it is; and the key that seals tokens, where there are any. */
const ownSecretsOf = (sections: Sections): readonly string[] => [
  ...new Set([...providerSecrets(sections), ...(keepsTokens(sections) ? [SEALING_SECRET] : [])]),
];

/** The partition that a Region belongs to. Hub and targets share one: STS has no way across. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return "aws";
}
