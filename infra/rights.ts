import type { FunctionName } from "../contract/names.ts";
import { BUS_SOURCES, ESCALATION_EVENT, OCSF_EVENT, PERSON_EVENT } from "../contract/names.ts";
import { CHECKPOINT, CHECKPOINTS, PROOFS, VERIFIER_KEY } from "../functions/core/archive/archive-keys.ts";
import { managedMark, personTagSecret, recordKeySecret, revokerRole } from "../functions/hub-names.ts";
import { SECRET_TAGS, SESSION_CONTEXT } from "../functions/names.ts";
import {
  anchorArn,
  archiveArn,
  archiveBucketArn,
  busArn,
  functionArn,
  type HubScope,
  keysArn,
  logGroupNameOf,
  networkArn,
  queueArn,
  secretArn,
  tableArn,
  taskRolesArn,
} from "./arns.ts";
import type { Statement } from "./statement.ts";
import { onKinds, tableRightsOf } from "./table-rights.ts";

/** Lists exactly what a function's role allows in AWS, besides its log group. Each further right has to be added here. */
export function rightsOf(name: FunctionName, scope: HubScope): Statement[] {
  const table = tableRightsOf(name).map(([access, kinds]) => onKinds(access, kinds, name, scope));
  return [...table, ...besidesTheTable[name](scope), ...(isNetworked(name, scope) ? networkRights(name, scope) : [])];
}

/** Functions that connect to databases. */
const SPEAK_TO_DATABASES: ReadonlySet<FunctionName> = new Set(["exchange", "revoke-leases", "rotate"]);

/** True for a function that has to be in the databases' own network. */
export const isNetworked = (name: FunctionName, { vpc }: Pick<HubScope, "vpc">): boolean =>
  vpc !== undefined && SPEAK_TO_DATABASES.has(name);

/**
 * Allows Lambda to make and remove the function's network interfaces with the function's own role. Source of the rights: "Giving Lambda functions access to
 * resources in an Amazon VPC". The function's code is denied all of them: only its own calls carry `lambda:SourceFunctionArn`, and Lambda's do not.
 */
function networkRights(name: FunctionName, scope: HubScope): Statement[] {
  return [
    { Sid: "SeeNetwork", Effect: "Allow", Action: NETWORK.see, Resource: ["*"] },
    { Sid: "JoinNetwork", Effect: "Allow", Action: NETWORK.join, Resource: [networkArn(scope)] },
    {
      Sid: "NotByItsCode",
      Effect: "Deny",
      Action: [...NETWORK.see, ...NETWORK.join],
      Resource: ["*"],
      Condition: {
        ArnEquals: {
          "lambda:SourceFunctionArn": functionArn(name, scope),
        },
      },
    },
  ];
}

const NETWORK = {
  // Neither action has a resource type.
  see: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
  join: [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ],
} as const;

/** Allows to write to the function's own log group. The stack creates the group, and the function may create none. */
export function logRightsOf(name: FunctionName, scope: HubScope): Statement[] {
  return [
    {
      Sid: "OwnLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [
        `arn:${scope.partition}:logs:${scope.region}:${scope.account}:log-group:${logGroupNameOf(name, scope)}:*`,
      ],
    },
  ];
}

const besidesTheTable: Record<FunctionName, (scope: HubScope) => Statement[]> = {
  exchange: (scope) => [
    ...assumeTaskRoles(scope),
    onManagedSecrets("HandOutSecrets", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], scope),
    ...readOwnSecrets(scope),
    ...readSecrets("ReadKeys", [recordKeySecret(scope), personTagSecret(scope)], scope),
    // Reviews of broken glasses, consents and acceptances go to the exchange alone, so it redeems their codes.
    ...readApprovalsClients(scope),
    putEscalations(scope),
    bySessionsKey("LockSessions", "kms:GenerateDataKey", scope),
  ],
  tasks: () => [],
  // Neither STS nor IAM: `sign` has the sessions that the exchange has put, and makes none.
  sign: (scope) => [bySessionsKey("OpenSessions", "kms:Decrypt", scope)],
  operate: (scope) => [
    onManagedSecrets("DescribeSecrets", ["secretsmanager:DescribeSecret"], scope),
    // ListSecrets has no resource type: it lists names, tags and dates of all secrets, and no value.
    { Sid: "ListSecrets", Effect: "Allow", Action: ["secretsmanager:ListSecrets"], Resource: ["*"] },
  ],
  recheck: (scope) => [takeFromQueue(scope, scope.recheckQueueName), sendRechecks(scope)],
  panic: () => [],
  register: () => [],
  sweep: (scope) => [sendToQueues(scope)],
  intake: (scope) => [
    {
      // Lambda itself sends an event that has failed for the last time, with the function's role.
      Sid: "SetAside",
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: [`arn:${scope.partition}:sqs:${scope.region}:${scope.account}:${scope.undoneQueueName}`],
    },
  ],
  relay: (scope) => [
    sendToQueues(scope, scope.deadlineQueueName, scope.notificationQueueName, scope.recheckQueueName),
    startProbes(scope),
    putOwnEvents(scope, "task.end"),
    ...readStream(scope),
  ],
  reconcile: (scope) => [
    takeFromQueue(scope, scope.revocationQueueName),
    ...inChunks(
      "AssumeRevokers",
      ["sts:AssumeRole"],
      scope.targets.map((target) => revokerArn(target.account, scope)),
    ),
    // Beside the configured accounts, every account of the units. An account that was removed from the configuration may have keys to revoke.
    ...(scope.units
      ? [
          {
            Sid: "AssumeRevokersInUnits",
            Effect: "Allow",
            Action: ["sts:AssumeRole"],
            Resource: [revokerArn("*", scope)],
            Condition: inUnits("aws:ResourceOrgPaths", scope.units),
          } as const,
        ]
      : []),
  ],
  "revoke-leases": (scope) => [
    takeFromQueue(scope, scope.leaseRevocationQueueName, scope.deadlineQueueName),
    ...readOwnSecrets(scope),
  ],
  rotate: (scope) => [
    onManagedSecrets(
      "RotateSecrets",
      [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
        "secretsmanager:RotateSecret",
      ],
      scope,
    ),
    {
      // RotateSecret requires this right of its caller (API reference): the function that rotates is this one.
      Sid: "BeRotatedBy",
      Effect: "Allow",
      Action: ["lambda:InvokeFunction"],
      Resource: [functionArn("rotate", scope)],
    },
    ...readOwnSecrets(scope),
    ...readSecrets("ReadRegistrationTokens", scope.registrationTokens, scope),
  ],
  probe: (scope) => [takeFromQueue(scope, scope.probeQueueName), ...assumeTaskRoles(scope)],
  notify: (scope) => [
    takeFromQueue(scope, scope.notificationQueueName),
    ...readSecrets("ReadChannels", scope.channelSecrets, scope),
  ],
  // Redeems codes of sign-ins with the client's secret, where the issuer lets the hub do that.
  approve: (scope) => readApprovalsClients(scope),
  explain: () => [],
  // Reads the signed log only: no event that waits for its place, no decision about the order, and no proof of a vote.
  journal: (scope) => [
    { Sid: "ReadLog", Effect: "Allow", Action: ["s3:GetObject"], Resource: SHOWN.map((key) => archiveArn(scope, key)) },
    ...anchorRights("ReadAnchor", "s3:GetObject", scope),
  ],
  console: () => [],
  // Verifies transmitters' events, and can only put them on the bus.
  signals: (scope) => (scope.signals ? [putOwnEvents(scope, PERSON_EVENT)] : []),
  observe: (scope) => [takeFromQueue(scope, scope.useQueueName), putEscalations(scope)],
  collect: (scope) => [
    ...readStream(scope),
    { Sid: "BringIn", Effect: "Allow", Action: ["s3:PutObject"], Resource: [archiveArn(scope, "incoming/*")] },
    { Sid: "KeepProofs", Effect: "Allow", Action: ["s3:PutObject"], Resource: [archiveArn(scope, `${PROOFS}/*`)] },
    {
      // Only S3 uses the key, and the bucket's policy allows such encryption only in the folder of proofs. No function may decrypt.
      Sid: "EncryptProofs",
      Effect: "Allow",
      Action: ["kms:GenerateDataKey"],
      Resource: [keysArn(scope)],
      Condition: {
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": scope.proofsKeyAlias },
        StringEquals: { "kms:ViaService": `s3.${scope.region}.amazonaws.com` },
      },
    },
    ...(scope.siem ? [putOwnEvents(scope, OCSF_EVENT)] : []),
  ],
  archive: (scope) => [
    takeFromQueue(scope, scope.archiveAgainQueueName),
    {
      Sid: "ReadArchive",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: ["incoming/*", ...WRITTEN].map((key) => archiveArn(scope, key)),
    },
    {
      // Without this right, S3 answers 403 for an object that does not exist.
      Sid: "ListArchive",
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: [archiveBucketArn(scope)],
    },
    {
      Sid: "WriteArchive",
      Effect: "Allow",
      Action: ["s3:PutObject"],
      Resource: WRITTEN.map((key) => archiveArn(scope, key)),
    },
    ...anchorRights("Anchor", "s3:PutObject", scope),
    {
      Sid: "LockArchive",
      Effect: "Allow",
      Action: ["s3:PutObjectRetention"],
      Resource: ["tile/*", "facts/*", "checkpoints/*"].map((key) => archiveArn(scope, key)),
    },
    { Sid: "TakeIn", Effect: "Allow", Action: ["s3:DeleteObject"], Resource: [archiveArn(scope, "incoming/*")] },
    {
      // The key's id is unknown before the key exists, so the condition names its alias.
      Sid: "SignCheckpoints",
      Effect: "Allow",
      Action: ["kms:Sign", "kms:GetPublicKey"],
      Resource: [keysArn(scope)],
      Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": scope.archiveKeyAlias } },
    },
  ],
};

/** Objects of the archive that its integrator writes and reads. Proofs of votes are not among them. */
const WRITTEN = [
  "order/*",
  "tile/*",
  "facts/*",
  "checkpoints/*",
  "restored/*",
  "keys/*",
  "checkpoint",
  "verifier-key",
] as const;

/** Objects of the archive that are shown to operators. */
const SHOWN = ["tile/*", "facts/*", `${CHECKPOINTS}/*`, CHECKPOINT, VERIFIER_KEY] as const;

/** Allows an action on the checkpoints at the witness, if there is one. The bucket's own policy decides too: one function adds, another one reads. */
const anchorRights = (Sid: string, action: "s3:PutObject" | "s3:GetObject", scope: HubScope): Statement[] =>
  scope.anchor === undefined
    ? []
    : [{ Sid, Effect: "Allow", Action: [action], Resource: [anchorArn(scope.anchor, scope)] }];

/** Allows one use of the key of sessions that stay in the hub, for a task and a lease that the encryption context names. */
const bySessionsKey = (Sid: string, action: "kms:GenerateDataKey" | "kms:Decrypt", scope: HubScope): Statement => ({
  Sid,
  Effect: "Allow",
  Action: [action],
  Resource: [keysArn(scope)],
  Condition: {
    // The task must be named: without it, a text could be opened for any task.
    "ForAnyValue:StringEquals": {
      "kms:ResourceAliases": scope.sessionsKeyAlias,
      "kms:EncryptionContextKeys": SESSION_CONTEXT.task,
    },
    "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": Object.values(SESSION_CONTEXT) },
  },
});

/** Allows to assume task roles. The roles' trust policy decides for which source identity: the exchange and the probe have different ones. */
const assumeTaskRoles = (scope: HubScope): Statement[] =>
  inChunks(
    "AssumeTaskRoles",
    ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    scope.targets.filter(({ isRetired }) => !isRetired).map((target) => taskRolesArn(target.account, scope)),
    scope.units && inUnits("aws:ResourceOrgPaths", scope.units),
  );

const revokerArn = (account: string, scope: HubScope): string =>
  `arn:${scope.partition}:iam::${account}:role/${revokerRole(scope)}`;

/** Makes the condition that an account is in one of the units. False for an account without a path, which is in no organisation. */
export const inUnits = (
  key: "aws:ResourceOrgPaths" | "aws:PrincipalOrgPaths",
  units: readonly string[],
): NonNullable<Statement["Condition"]> => ({ "ForAnyValue:StringLike": { [key]: units } });

/** Upper bound on the resources of a statement with one for each account, so that the statement fits into a managed policy. */
const CHUNK = 90;

/** Allows the actions on all resources, in as many statements as needed. */
const inChunks = (
  Sid: string,
  Action: readonly string[],
  resources: readonly string[],
  condition?: Statement["Condition"],
): Statement[] =>
  Array.from({ length: Math.ceil(resources.length / CHUNK) }, (_, index) => ({
    Sid: index === 0 ? Sid : `${Sid}${index + 1}`,
    Effect: "Allow",
    Action,
    Resource: resources.slice(index * CHUNK, (index + 1) * CHUNK),
    ...(condition ? { Condition: condition } : {}),
  }));

/** Allows actions on secrets that have this hub's tag, which a secret's owner sets. */
const onManagedSecrets = (Sid: string, Action: readonly string[], scope: HubScope): Statement => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource: [secretArn("*", scope)],
  Condition: { StringEquals: { [`aws:ResourceTag/${SECRET_TAGS.managed}`]: managedMark(scope) } },
});

/** Allows to read named secrets. The ARN ends in the six characters that Secrets Manager adds: `name*` would match other secrets' names too. */
const readSecrets = (Sid: string, names: readonly string[], scope: HubScope): Statement[] =>
  names.length === 0
    ? []
    : [
        {
          Sid,
          Effect: "Allow",
          Action: ["secretsmanager:GetSecretValue"],
          Resource: names.map((name) => secretArn(`${name}-??????`, scope)),
        },
      ];
const readApprovalsClients = (scope: HubScope): Statement[] =>
  readSecrets("ReadApprovalsClients", scope.approvalClientSecrets, scope);
const readOwnSecrets = (scope: HubScope): Statement[] => readSecrets("ReadOwnSecrets", scope.ownSecrets, scope);

const sendToQueues = (scope: HubScope, ...further: readonly string[]): Statement => ({
  Sid: "SendToQueues",
  Effect: "Allow",
  Action: ["sqs:SendMessage"],
  Resource: [scope.revocationQueueName, scope.leaseRevocationQueueName, ...further].map((name) =>
    queueArn(scope, name),
  ),
});

/** Allows to split a change of a condition into messages for its agents. */
const sendRechecks = (scope: HubScope): Statement => ({
  Sid: "SendRechecks",
  Effect: "Allow",
  Action: ["sqs:SendMessage"],
  Resource: [queueArn(scope, scope.recheckQueueName)],
});

/** Allows to start probes, which only the relay does. */
const startProbes = (scope: HubScope): Statement => ({
  Sid: "AskForProbes",
  Effect: "Allow",
  Action: ["sqs:SendMessage"],
  Resource: [queueArn(scope, scope.probeQueueName)],
});

const takeFromQueue = (scope: HubScope, ...names: readonly string[]): Statement => ({
  Sid: "TakeFromQueue",
  Effect: "Allow",
  Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
  Resource: names.map((name) => queueArn(scope, name)),
});

/** Allows events of one kind, under our own name. */
const putOwnEvents = (scope: HubScope, type: "task.end" | typeof OCSF_EVENT | typeof PERSON_EVENT): Statement => ({
  Sid: "PutOwnEvents",
  Effect: "Allow",
  Action: ["events:PutEvents"],
  Resource: [busArn(scope)],
  Condition: eventIs(BUS_SOURCES.own, [type]),
});

/** Allows to report escalations, under our own name. */
const putEscalations = (scope: HubScope): Statement => ({
  Sid: "PutEscalations",
  Effect: "Allow",
  Action: ["events:PutEvents"],
  Resource: [busArn(scope)],
  Condition: eventIs(BUS_SOURCES.own, [ESCALATION_EVENT]),
});

/** Makes the condition on an event. Both keys may have several values (Service Authorization Reference). `ForAllValues` also holds for none, hence `Null`. */
export const eventIs = (source: string, types: readonly string[]): NonNullable<Statement["Condition"]> => ({
  "ForAllValues:StringEquals": { "events:source": source, "events:detail-type": types },
  Null: { "events:source": "false", "events:detail-type": "false" },
});

/** Allows to read the table's stream: Lambda polls it with the function's own role. A stream is named after the moment it was switched on, hence the pattern. */
const readStream = (scope: HubScope): Statement[] => [
  {
    Sid: "ReadStream",
    Effect: "Allow",
    Action: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
    Resource: [`${tableArn(scope)}/stream/*`],
  },
  // ListStreams has no resource type, and lists only the names of streams.
  { Sid: "ListStreams", Effect: "Allow", Action: ["dynamodb:ListStreams"], Resource: ["*"] },
];
