import type { Config } from "../config/schema.ts";
import { approvalSecrets, channelSecrets, keepsTokens, providerSecrets } from "../functions/connectors/own-secrets.ts";
import type { AnchorPlace } from "../functions/core/archive/anchor.ts";
import type { LockSetting } from "../functions/core/archive/parse-lock.ts";
import { partitionOf } from "../functions/core/deployment/partition-of.ts";
import { keptTaskRoles, SEALING_SECRET } from "../functions/names.ts";
import { busArn, type HubScope, secretArn } from "./arns.ts";

/** Name of the hub's table. Names of table, queues and bus are fixed, so that rights can be written and read in full. */
export const TABLE_NAME = "valetkey";
export const REVOCATION_QUEUE_NAME = "valetkey-revocations.fifo";

/**
 * Visibility timeout of the revocation queue: the time for which a role is blocked whose writer dies before its write; seconds. A writer that
 * begins a write takes the role for as long as that may land (`takeRole`). Lambda advises six times the function's time-out, for messages that
 * find no free function; here no more messages are received than functions may run (`RevocationPath`).
 */
export const REVOCATION_HIDDEN_SECONDS = 8;
/** Queue of leases of connectors to revoke. */
export const LEASE_REVOCATION_QUEUE_NAME = "valetkey-lease-revocations.fifo";
/** Queue of endings that the probe observes. */
export const PROBE_QUEUE_NAME = "valetkey-probes";
/** Queue of the deadlines of connectors' credentials. */
export const DEADLINE_QUEUE_NAME = "valetkey-deadlines";
/** Queue that wakes `notify`. */
export const NOTICE_QUEUE_NAME = "valetkey-notices";
/** Alias of the key that signs the archive's checkpoints. */
export const ARCHIVE_KEY_ALIAS = "alias/valetkey-archive";
/** Alias of the key that encrypts proofs of votes. */
export const PROOFS_KEY_ALIAS = "alias/valetkey-proofs";
/** Queue that starts the archive once more half a minute after its rule. */
export const ARCHIVE_AGAIN_QUEUE_NAME = "valetkey-archive-again";
/** Queue of CloudTrail's events of task roles. */
export const USE_QUEUE_NAME = "valetkey-uses";
export const BUS_NAME = "valetkey";
/** Queue of events that could not be delivered to `intake`, or that `intake` could not process. */
export const UNDONE_QUEUE_NAME = "valetkey-undone-events";

/** Parts of the configuration that rights depend on. */
type ScopedConfig = Pick<Config, "hub" | "accounts" | "bus" | "oauthClients" | "vpc"> &
  Partial<Pick<Config, "issuers" | "notify" | "siem" | "signals" | "table" | "archive" | "organization">> &
  Sections;
type Sections = Parameters<typeof providerSecrets>[0];

/** Hub to whose bus events are forwarded. */
export interface ForwardedTo {
  readonly partition: string;
  readonly hub: { readonly account: string; readonly region: string };
}

/** Builds the ARN of a hub's bus. */
export const hubBusArn = ({ partition, hub }: ForwardedTo): string => busArn({ partition, ...hub, busName: BUS_NAME });

/** Names the bucket of the signed log. */
export const archiveBucketOf = ({ account, region }: { readonly account: string; readonly region: string }): string =>
  `valetkey-archive-${account}-${region}`;

/** Computes the scope of the functions' rights from the configuration alone. */
export function hubScopeOf(config: ScopedConfig): HubScope {
  const anchor = anchorOf(config);
  return {
    partition: partitionOf(config.hub.region),
    region: config.hub.region,
    account: config.hub.account,
    tableName: config.table?.name ?? TABLE_NAME,
    revocationQueueName: REVOCATION_QUEUE_NAME,
    leaseRevocationQueueName: LEASE_REVOCATION_QUEUE_NAME,
    probeQueueName: PROBE_QUEUE_NAME,
    deadlineQueueName: DEADLINE_QUEUE_NAME,
    noticeQueueName: NOTICE_QUEUE_NAME,
    useQueueName: USE_QUEUE_NAME,
    archiveAgainQueueName: ARCHIVE_AGAIN_QUEUE_NAME,
    archiveBucket: archiveBucketOf(config.hub),
    archiveKeyAlias: ARCHIVE_KEY_ALIAS,
    proofsKeyAlias: PROOFS_KEY_ALIAS,
    auditors: config.archive?.auditors ?? [],
    ...(anchor === undefined ? {} : { anchor }),
    busName: BUS_NAME,
    undoneQueueName: UNDONE_QUEUE_NAME,
    ownSecrets: ownSecretsOf(config),
    approvalSecrets: approvalSecrets(config),
    channelSecrets: channelSecrets(config),
    approvalClientSecrets: approvalSecrets({ issuers: config.issuers ?? [] }),
    registrationTokens: [...new Set((config.oauthClients ?? []).map(({ registrationToken }) => registrationToken))],
    ...(config.vpc === undefined ? {} : { vpc: config.vpc }),
    siem: config.siem ?? false,
    ...(config.signals === undefined ? {} : { signals: true }),
    ...unitsOf(config),
    publishers: config.bus?.publishers ?? [],
    targets: config.accounts.map((account) => ({
      account: account.id,
      taskRoles: keptTaskRoles(account),
      ...(account.retired ? { isRetired: true } : {}),
    })),
  };
}

/** An account directly in a unit has the unit's path with a slash at its end, and one further below has more behind it. */
const unitsOf = ({ organization }: Pick<ScopedConfig, "organization">): Pick<HubScope, "units" | "management"> =>
  organization === undefined
    ? {}
    : {
        units: organization.units.map((unit) => `${unit}/*`),
        ...(organization.management === undefined ? {} : { management: organization.management }),
      };

/**
 * Lists the ARNs, as IAM patterns, of the secrets by which the hub authenticates itself; none in an account that is not the hub's.
 * Each ends in the six characters that Secrets Manager adds to a name.
 */
export const ownSecretArnsIn = (account: string, scope: HubScope): readonly string[] =>
  account === scope.account
    ? [...new Set([...scope.ownSecrets, ...scope.registrationTokens, ...scope.approvalSecrets])].map((name) =>
        secretArn(`${name}-??????`, { ...scope, region: "*" }),
      )
    : [];

/** Object Lock of the archive, from the configuration. */
export const archiveLockOf = ({ archive }: Pick<Config, "archive">): LockSetting => ({
  mode: archive?.mode === "compliance" ? "COMPLIANCE" : "GOVERNANCE",
  days: archive?.days ?? ARCHIVE_DAYS,
});

/** Days for which proofs of votes are kept, from the configuration. */
export const proofDaysOf = ({ archive }: Pick<Config, "archive">): number => archive?.proofDays ?? PROOF_DAYS;

/** Second place of the archive's checkpoints, from the configuration. */
export const anchorOf = ({ archive, hub }: Pick<Config, "archive" | "hub">): AnchorPlace | undefined =>
  archive?.anchor && { ...archive.anchor, region: archive.anchor.region ?? hub.region };

/** Days for which the archive's objects are kept, where the configuration does not say. */
const ARCHIVE_DAYS = 30;
/** Days for which proofs of votes are kept, where the configuration does not say. */
const PROOF_DAYS = 400;

/** Lists the secrets by which the hub authenticates itself to the connectors' providers, and the key that seals tokens, where there are any. */
const ownSecretsOf = (sections: Sections): readonly string[] => [
  ...new Set([...providerSecrets(sections), ...(keepsTokens(sections) ? [SEALING_SECRET] : [])]),
];
