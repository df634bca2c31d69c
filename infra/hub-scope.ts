import { approvalSecrets, channelSecrets, keepsTokens, providerSecrets } from "../functions/connectors/own-secrets.ts";
import type { AnchorPlace } from "../functions/core/archive/anchor.ts";
import type { LockSetting } from "../functions/core/archive/parse-lock.ts";
import { defined } from "../functions/core/defined.ts";
import { partitionOf } from "../functions/core/deployment/partition-of.ts";
import { hubWord, nameIn, type Prefixed, prefixOf, sealingSecret, sessionsKeyAlias } from "../functions/hub-names.ts";
import { keptTaskRoles } from "../functions/names.ts";
import { busArn, type HubScope, secretArn } from "./arns.ts";
import { conditionPublishers } from "./config/conditions.ts";
import type { Config } from "./config/schema.ts";

/**
 * Visibility timeout of the revocation queue; seconds. A role whose writer dies before its write is blocked for this time. A writer that begins a write takes
 * the role for as long as the write may land (`takeRole`). Lambda advises six times the function's time-out, for messages that find no free function. Here,
 * no more messages are received than functions may run (`RevocationPath`).
 */
export const REVOCATION_HIDDEN_SECONDS = 8;
/** Parts of the configuration that rights depend on. */
type ScopedConfig = Pick<Config, "hub" | "accounts" | "bus" | "oauthClients" | "vpc"> &
  Partial<
    Pick<
      Config,
      | "administrators"
      | "prefix"
      | "issuers"
      | "conditions"
      | "notify"
      | "siem"
      | "signals"
      | "table"
      | "archive"
      | "organization"
    >
  > &
  Sections;
type Sections = Parameters<typeof providerSecrets>[0];

/** Hub whose bus gets forwarded events. */
export interface ForwardedTo {
  readonly partition: string;
  readonly hub: Prefixed & { readonly account: string; readonly region: string };
}

/** Builds the ARN of a hub's bus. */
export const hubBusArn = ({ partition, hub }: ForwardedTo): string =>
  busArn({ partition, ...hub, busName: prefixOf(hub) });

/** Names the bucket of the signed log. */
export const archiveBucketOf = ({ prefix, hub }: Pick<Config, "prefix" | "hub">): string =>
  ["valetkey-archive", hubWord({ prefix }) ?? [], hub.account, hub.region].flat().join("-");

/** Computes the scope of the functions' rights from the configuration alone. */
export function hubScopeOf(config: ScopedConfig): HubScope {
  const anchor = anchorOf(config);
  const { prefix } = config;
  const named = (name: string): string => nameIn({ prefix }, name);
  return {
    ...(hubWord({ prefix }) === undefined ? {} : { prefix }),
    partition: partitionOf(config.hub.region),
    region: config.hub.region,
    account: config.hub.account,
    tableName: config.table?.name ?? prefixOf({ prefix }),
    revocationQueueName: named("revocations.fifo"),
    leaseRevocationQueueName: named("lease-revocations.fifo"),
    recheckQueueName: named("rechecks"),
    probeQueueName: named("probes"),
    deadlineQueueName: named("deadlines"),
    notificationQueueName: named("notices"),
    useQueueName: named("uses"),
    archiveAgainQueueName: named("archive-again"),
    archiveBucket: archiveBucketOf(config),
    archiveKeyAlias: `alias/${named("archive")}`,
    sessionsKeyAlias: sessionsKeyAlias({ prefix }),
    proofsKeyAlias: `alias/${named("proofs")}`,
    administrators: config.administrators ?? [],
    auditors: config.archive?.auditors ?? [],
    ...defined({ anchor }),
    busName: prefixOf({ prefix }),
    undoneQueueName: named("undone-events"),
    ownSecrets: ownSecretsOf(config, { prefix }),
    approvalSecrets: approvalSecrets(config),
    channelSecrets: channelSecrets(config),
    approvalClientSecrets: approvalSecrets({ issuers: config.issuers ?? [] }),
    registrationTokens: [...new Set((config.oauthClients ?? []).map(({ registrationToken }) => registrationToken))],
    ...defined({ vpc: config.vpc }),
    siem: config.siem ?? false,
    ...(config.signals === undefined ? {} : { signals: true }),
    ...unitsOf(config),
    publishers: config.bus?.publishers ?? [],
    conditionPublishers: conditionPublishers(config.conditions),
    targets: config.accounts.map((account) => ({
      account: account.id,
      taskRoles: keptTaskRoles(account),
      ...(account.retired ? { isRetired: true } : {}),
    })),
  };
}

/** Makes the patterns of units. An account directly in a unit has the unit's path with a slash at its end; an account further below has a longer path. */
const unitsOf = ({ organization }: Pick<ScopedConfig, "organization">): Pick<HubScope, "units" | "management"> =>
  organization === undefined
    ? {}
    : {
        units: organization.units.map((unit) => `${unit}/*`),
        ...defined({ management: organization.management }),
      };

/**
 * Lists the ARNs, as IAM patterns, of the secrets by which the hub authenticates itself; none for another account than the hub's. Each ends in the six characters
 * that Secrets Manager adds to a name.
 */
export const ownSecretArnsIn = (account: string, scope: HubScope): readonly string[] =>
  account === scope.account
    ? [...new Set([...scope.ownSecrets, ...scope.registrationTokens, ...scope.approvalSecrets])].map((name) =>
        secretArn(`${name}-??????`, { ...scope, region: "*" }),
      )
    : [];

/** Reads the archive's Object Lock from the configuration. */
export const archiveLockOf = ({ archive }: Pick<Config, "archive">): LockSetting => ({
  mode: archive?.mode === "compliance" ? "COMPLIANCE" : "GOVERNANCE",
  days: archive?.days ?? ARCHIVE_DAYS,
});

/** Reads the days for which proofs of votes are stored from the configuration. */
export const proofDaysOf = ({ archive }: Pick<Config, "archive">): number => archive?.proofDays ?? PROOF_DAYS;

/** Reads the witness of the archive's checkpoints from the configuration. */
export const anchorOf = ({ archive, hub }: Pick<Config, "archive" | "hub">): AnchorPlace | undefined =>
  archive?.anchor && { ...archive.anchor, region: archive.anchor.region ?? hub.region };

/** Default of the days for which the archive's objects are locked. */
const ARCHIVE_DAYS = 30;
/** Default of the days for which proofs of votes are stored. */
const PROOF_DAYS = 400;

/** Lists the secrets by which the hub authenticates itself to the connectors' providers and, if connectors store tokens, the key that seals these. */
const ownSecretsOf = (sections: Sections, hub: Prefixed): readonly string[] => [
  ...new Set([...providerSecrets(sections), ...(keepsTokens(sections) ? [sealingSecret(hub)] : [])]),
];
