import { FUNCTIONS, type FunctionName } from "../contract/names.ts";
import type { AnchorPlace } from "../functions/core/archive/anchor.ts";
import { CHECKPOINTS } from "../functions/core/archive/archive-keys.ts";
import { functionRoleName, type Prefixed, prefixOf, taskRolesPattern } from "../functions/hub-names.ts";
import { OPTIONAL_FUNCTION } from "../functions/names.ts";

/** Scope of a hub, on which the ARNs in its functions' rights depend: its table, queues, bus and archive, and its targets' pools of task roles. */
export interface HubScope extends Prefixed {
  readonly partition: string;
  readonly region: string;
  /** The hub's account. */
  readonly account: string;
  readonly tableName: string;
  readonly revocationQueueName: string;
  readonly leaseRevocationQueueName: string;
  readonly recheckQueueName: string;
  readonly probeQueueName: string;
  readonly deadlineQueueName: string;
  readonly notificationQueueName: string;
  readonly useQueueName: string;
  readonly archiveAgainQueueName: string;
  /** Bucket of the archive, named after account and Region, since buckets' names are global. */
  readonly archiveBucket: string;
  /** Witness of the archive's checkpoints, in another account. */
  readonly anchor?: AnchorPlace;
  /** Alias of the key that signs the archive's checkpoints. */
  readonly archiveKeyAlias: string;
  /** Alias of the key that encrypts sessions which stay in the hub. */
  readonly sessionsKeyAlias: string;
  /** Alias of the key that encrypts proofs of votes. */
  readonly proofsKeyAlias: string;
  /** ARNs of the roles of the hub's account that no resource policy denies. */
  readonly administrators: readonly string[];
  /** ARNs of the roles that may read proofs of votes. */
  readonly auditors: readonly string[];
  readonly busName: string;
  readonly undoneQueueName: string;
  /** True where the journal's events are put on the bus as OCSF. */
  readonly siem?: boolean;
  /** True where transmitters push Security Event Tokens, and the function `signals` exists. */
  readonly signals?: boolean;
  /** Accounts, and ARNs of roles, that may put events on the bus. */
  readonly publishers: readonly string[];
  /** Accounts that may put events on the bus that set a condition of the world. */
  readonly conditionPublishers: readonly string[];
  /** Secrets by which the hub authenticates itself to databases, OAuth providers and GitHub. */
  readonly ownSecrets: readonly string[];
  /** Secrets of approvals' clients and channels. No task and no other function reads them. */
  readonly approvalSecrets: readonly string[];
  /** Secrets of channels, which only `notify` reads. */
  readonly channelSecrets: readonly string[];
  /** Secrets of the issuers' clients among `approvalSecrets`, by which the hub redeems the codes of sign-ins. */
  readonly approvalClientSecrets: readonly string[];
  /** Secrets with the registration access tokens of OAuth clients that are rotated, which only `rotate` reads. */
  readonly registrationTokens: readonly string[];
  /** Network in which functions have to be to reach databases; absent where no network is needed. */
  readonly vpc?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] };
  /** Patterns of the paths of the organisational units in which all targets have to be; absent where none is named. */
  readonly units?: readonly string[];
  /** Management account of the organisation, whose events about accounts that have left are believed. */
  readonly management?: string;
  /** Target accounts. `taskRoles`: size of the pool, with former roles. Nobody may assume a task role of a retired account any more. */
  readonly targets: readonly { readonly account: string; readonly taskRoles: number; readonly isRetired?: boolean }[];
}

/** Hub after which the roles of target accounts are named. */
export type NamedHub = Pick<HubScope, "partition" | "prefix">;

/** Hub with its own roles, which a policy names. */
export type HubRoles = Pick<HubScope, "partition" | "account" | "prefix">;

/** Makes the pattern of everything of EC2 in the hub. Lambda needs rights on interfaces that do not exist yet, so none can be named. */
export const networkArn = ({ partition, region, account }: HubScope): string =>
  `arn:${partition}:ec2:${region}:${account}:*/*`;

/** Lists the functions that the hub has. */
export const functionsOf = ({ signals }: Pick<HubScope, "signals">): readonly FunctionName[] =>
  FUNCTIONS.filter((name) => name !== OPTIONAL_FUNCTION || signals);

/** Makes the name of a function's log group. */
export const logGroupNameOf = (name: FunctionName, hub: Prefixed): string =>
  `/aws/lambda/${functionRoleName(name, hub)}`;

/** Makes the ARN of a function of the hub. */
export const functionArn = (name: FunctionName, scope: HubScope): string =>
  `arn:${scope.partition}:lambda:${scope.region}:${scope.account}:function:${functionRoleName(name, scope)}`;

/** Makes the ARN of a function's role in the hub. */
export const functionRoleArn = (name: FunctionName, hub: HubRoles): string =>
  `arn:${hub.partition}:iam::${hub.account}:role/${functionRoleName(name, hub)}`;

/**
 * Makes the pattern of an account's task roles. In full, 100 roles would take 40 times the characters, and IAM's limit is 10,240 for all accounts together. The
 * pattern also matches roles of such a name that somebody else made, and roles that a smaller pool left behind. But a role has to trust the function that
 * assumes it, and to have the ceiling as its boundary before the revoker writes to it.
 */
export const taskRolesArn = (account: string, hub: NamedHub): string =>
  `arn:${hub.partition}:iam::${account}:role/${taskRolesPattern(hub)}`;

/** Makes the ARN, or pattern, of secrets in the hub. */
export const secretArn = (name: string, scope: HubScope): string =>
  `arn:${scope.partition}:secretsmanager:${scope.region}:${scope.account}:secret:${name}`;

/** Makes the ARN of the one table. */
export const tableArn = (scope: HubScope): string =>
  `arn:${scope.partition}:dynamodb:${scope.region}:${scope.account}:table/${scope.tableName}`;

/** Makes the ARN of the archive's bucket. */
export const archiveBucketArn = (scope: HubScope): string => `arn:${scope.partition}:s3:::${scope.archiveBucket}`;

/** Makes the ARN, or pattern, of objects in the archive. */
export const archiveArn = (scope: HubScope, key: string): string => `${archiveBucketArn(scope)}/${key}`;

/** Makes the pattern of the keys of KMS. A key's id is unknown before the key exists, so conditions name its alias. */
export const keysArn = ({ partition, region, account }: HubScope): string =>
  `arn:${partition}:kms:${region}:${account}:key/*`;

/** Hub whose checkpoints are at a witness too. */
export type AnchoredHub = HubRoles & Pick<HubScope, "region">;

/** Makes the ARN pattern of the objects that this hub's archive puts at its witness. */
export const anchorArn = ({ bucket }: AnchorPlace, scope: AnchoredHub): string =>
  `arn:${scope.partition}:s3:::${bucket}/${archiveOriginOf(scope)}/${CHECKPOINTS}/*`;

/** Makes the name of the hub's log. */
export const archiveOriginOf = (hub: Pick<HubScope, "account" | "region" | "prefix">): string =>
  `${prefixOf(hub)}/${hub.account}/${hub.region}`;

/** Makes the ARN of the one bus. */
export const busArn = (scope: Pick<HubScope, "partition" | "region" | "account" | "busName">): string =>
  `arn:${scope.partition}:events:${scope.region}:${scope.account}:event-bus/${scope.busName}`;

/** Makes the ARN of a queue of the hub. */
export const queueArn = (scope: HubScope, name: string): string =>
  `arn:${scope.partition}:sqs:${scope.region}:${scope.account}:${name}`;
