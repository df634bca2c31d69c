import {
  BUS_SOURCES,
  type FunctionName,
  functionRoleName,
  KINDS,
  type Kind,
  REVOKER_ROLE,
  SECRET_TAGS,
  SIGNET_SECRET,
  TASK_ROLES,
} from "../functions/names.ts";

/** One statement of an IAM policy, as plain data: the stack renders it, the embedded AWS evaluates it. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What the ARNs in a function's rights depend on: one hub, its table, queues and bus, and the pools it may hand out. */
export interface HubScope {
  readonly partition: string;
  readonly region: string;
  /** The hub's account. */
  readonly account: string;
  readonly tableName: string;
  readonly revocationQueueName: string;
  readonly leaseRevocationQueueName: string;
  readonly probeQueueName: string;
  readonly deadlineQueueName: string;
  readonly noticeQueueName: string;
  readonly useQueueName: string;
  /** Bucket of the archive; the name says account and Region, since buckets' names are global. */
  readonly archiveBucket: string;
  /** Alias of the key that signs the archive's checkpoints. */
  readonly archiveKeyAlias: string;
  readonly busName: string;
  readonly undoneQueueName: string;
  /** Accounts, and ARNs of roles, that may put events on the bus. */
  readonly publishers: readonly string[];
  /** Secrets by which the hub shows who it is to databases, OAuth providers and GitHub. */
  readonly ownSecrets: readonly string[];
  /** Secrets of approvals' clients and channels. No task and no other function reads them. */
  readonly approvalSecrets: readonly string[];
  /** Secrets of channels, for the function that notifies alone. */
  readonly channelSecrets: readonly string[];
  /** Secrets of the issuers' clients among `approvalSecrets`, by which the hub redeems the codes of sign-ins. */
  readonly approvalClientSecrets: readonly string[];
  /** Secrets with the registration access tokens of OAuth clients that are rotated: for the function that rotates alone. */
  readonly registrationTokens: readonly string[];
  /** The network that functions have to be in to reach databases; nothing where these are reachable without. */
  readonly vpc?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] };
  /** `taskRoles`: all that its pool has. Of a retired account, nobody becomes a task role any more. */
  readonly targets: readonly { readonly account: string; readonly taskRoles: number; readonly isRetired?: boolean }[];
}

/**
 * What each access is in DynamoDB. Transactions have no right of their own: they need the right for each item in them.
 * Scan, batches and PartiQL are missing because nothing uses them, and Scan carries no leading key at all.
 */
const ACTIONS = {
  get: "dynamodb:GetItem",
  query: "dynamodb:Query",
  put: "dynamodb:PutItem",
  update: "dynamodb:UpdateItem",
  remove: "dynamodb:DeleteItem",
  /** A condition, in a transaction, on an item that the transaction does not change. */
  check: "dynamodb:ConditionCheckItem",
} as const;
type Access = keyof typeof ACTIONS;

/**
 * Which kinds of items each function touches, and how (docs/design.md#items).
 * Only `register` gives: it alone puts a registration, makes an agent active, and writes who is bound to it (docs/decisions/0020). `operate`, `intake` and the
 * sweep can take that away (the sweep suspends, and begins no offboarding), and write the rest of an agent's record. Only `revoke-leases` removes what has to be taken back, once it was. Nobody removes
 * anything but that, an entry in the lists of live tasks, of open endings and of halted agents, one of a role that goes over to those that ended, and
 * the sweep what it has done with: what is registered cannot be taken back by any function. Of journals nobody changes or removes an item. A put
 * may write over one, which IAM cannot forbid: `dynamodb:Attributes` could keep a TTL off, but nothing says whether a transaction is asked about as a
 * whole or item by item, and two conditions on PutItem would refuse every write if it is the former. The relay sees both, and rings.
 */
const TABLE_RIGHTS = {
  exchange: {
    get: [
      "active",
      "agent",
      "binding",
      "task",
      "live",
      "replay",
      "panic",
      "load",
      "secret",
      "seal",
      "approval",
      "vote",
    ],
    query: ["live", "approval", "vote"],
    put: [
      "task",
      "role",
      "live",
      "timer",
      "pendingRevocation",
      "secret",
      "seal",
      "journal",
      "approval",
      "inbox",
      "glass",
    ],
    update: ["task", "replay", "pendingRevocation", "secret"],
    remove: ["live", "role", "glass"],
    check: ["approval", "vote"],
  },
  tasks: {
    get: ["active", "agent", "binding", "task", "live", "panic", "seal"],
    query: ["live", "approval"],
    put: ["role", "ending", "journal"],
    update: ["task"],
    remove: ["live", "role", "ending"],
  },
  operate: {
    get: ["active", "registration", "agent", "task", "live", "panic", "secret"],
    query: [
      "agent",
      "live",
      "task",
      "role",
      "writes",
      "pendingRevocation",
      "secret",
      "ending",
      "journal",
      "agentJournal",
      "approval",
      "use",
    ],
    put: ["agent", "role", "halt", "ending", "journal", "agentJournal", "secretJournal", "panicJournal"],
    update: ["task", "panic", "secret"],
    remove: ["active", "registration", "live", "role", "ending"],
  },
  register: {
    get: ["active", "registration", "agent", "binding"],
    query: ["live", "ending"],
    put: ["active", "registration", "agent", "journal", "agentJournal"],
    update: ["binding", "task"],
    remove: ["halt"],
  },
  sweep: {
    get: ["active", "registration", "agent", "task", "timer", "panic", "secret"],
    query: [
      "timer",
      "agent",
      "live",
      "task",
      "role",
      "pendingRevocation",
      "halt",
      "secret",
      "ending",
      "journal",
      "agentJournal",
      "glass",
    ],
    put: ["agent", "role", "timer", "halt", "ending", "journal", "agentJournal", "secretJournal"],
    update: ["task", "timer", "secret"],
    remove: ["active", "live", "role", "timer", "ending", "glass"],
  },
  intake: {
    get: ["active", "registration", "agent", "task"],
    query: ["live", "role", "pendingRevocation", "ending"],
    put: ["agent", "role", "halt", "ending", "journal", "agentJournal"],
    update: ["task"],
    remove: ["active", "registration", "live", "role", "ending"],
  },
  relay: {},
  reconcile: { get: ["panic"], query: ["role", "halt", "writes"], put: ["writes"], update: ["load"] },
  "revoke-leases": {
    get: ["task", "pendingRevocation"],
    put: ["journal"],
    update: ["task", "secret"],
    remove: ["pendingRevocation"],
  },
  rotate: { get: ["secret"], query: ["secret"], put: ["secretJournal"], update: ["secret"] },
  probe: { query: ["writes"], put: ["writes"] },
  // It writes votes and outcomes alone. A task, an agent and a request are read; whether a vote counts is the exchange's to say.
  approve: {
    get: ["active", "agent", "task", "vote", "notice"],
    query: ["approval", "vote", "inbox"],
    put: ["vote", "approvalJournal"],
    update: ["vote"],
    remove: ["inbox"],
    check: ["approval", "vote"],
  },
  notify: { get: ["approval", "notice"], query: ["inbox"], put: ["notice"], update: ["notice"] },
  // It serves files, and reaches nothing.
  console: {},
  // It counts what tasks did. What it thinks of it, others decide.
  observe: { get: ["task", "use"], put: ["seen"], update: ["use"] },
  // Neither reaches the table: one is handed its stream, the other reads what the first has put into the archive.
  collect: {},
  archive: {},
} as const satisfies Record<FunctionName, Partial<Record<Access, readonly Kind[]>>>;

/** Exactly what a function's role allows in AWS, its log group aside. Whoever needs more has to say so here. */
export function rightsOf(name: FunctionName, scope: HubScope): Statement[] {
  const table = Object.entries(TABLE_RIGHTS[name]).map(([access, kinds]) =>
    onKinds(access as Access, kinds as readonly Kind[], scope),
  );
  return [...table, ...besidesTheTable[name](scope), ...(isNetworked(name, scope) ? networkRights(name, scope) : [])];
}

/** The functions that speak to databases. */
const SPEAK_TO_DATABASES: ReadonlySet<FunctionName> = new Set(["exchange", "revoke-leases", "rotate"]);

/** Whether the function has to be in the databases' own network. */
export const isNetworked = (name: FunctionName, { vpc }: Pick<HubScope, "vpc">): boolean =>
  vpc !== undefined && SPEAK_TO_DATABASES.has(name);

/**
 * Lambda makes and removes a function's network interfaces with the function's own role ("Giving Lambda functions access to resources in an
 * Amazon VPC": which rights, and on what). The function's code is denied all of it: what Lambda does so does not carry `lambda:SourceFunctionArn`.
 */
function networkRights(name: FunctionName, scope: HubScope): Statement[] {
  const { partition, region, account } = scope;
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
          "lambda:SourceFunctionArn": `arn:${partition}:lambda:${region}:${account}:function:${functionRoleName(name)}`,
        },
      },
    },
  ];
}

const NETWORK = {
  // These two have no resource type.
  see: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
  join: [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ],
} as const;

/** Everything of EC2 in the hub: Lambda asks about interfaces that are not there yet, so that none can be named. */
export const networkArn = ({ partition, region, account }: HubScope): string =>
  `arn:${partition}:ec2:${region}:${account}:*/*`;

/** The right to write to the function's own log group, which the stack creates: it may not create another. */
export function logRightsOf(name: FunctionName, scope: HubScope): Statement[] {
  return [
    {
      Sid: "OwnLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [`arn:${scope.partition}:logs:${scope.region}:${scope.account}:log-group:${logGroupNameOf(name)}:*`],
    },
  ];
}

/** The log group of a function. */
export const logGroupNameOf = (name: FunctionName): string => `/aws/lambda/${functionRoleName(name)}`;

/** ARN of the hub role that a function runs as. */
export const functionRoleArn = (name: FunctionName, partition: string, account: string): string =>
  `arn:${partition}:iam::${account}:role/${functionRoleName(name)}`;

/**
 * Pattern of an account's task roles. In full, a role of 100 would take 40 times the characters, and IAM holds 10,240 for all accounts. Besides the
 * pool it matches roles of that name that somebody else made, and roles that a smaller pool left behind: a role still has to trust whoever assumes
 * it, and to have the ceiling as its boundary before the revoker writes to it.
 */
export const taskRolesArn = (partition: string, account: string): string =>
  `arn:${partition}:iam::${account}:role/${TASK_ROLES}`;

const besidesTheTable: Record<FunctionName, (scope: HubScope) => Statement[]> = {
  exchange: (scope) => [
    ...assumeTaskRoles(scope),
    onManagedSecrets("HandOutSecrets", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], scope),
    ...readOwnSecrets(scope),
    ...readSecrets("ReadSignet", [SIGNET_SECRET], scope),
  ],
  tasks: () => [],
  operate: (scope) => [
    onManagedSecrets("DescribeSecrets", ["secretsmanager:DescribeSecret"], scope),
    // It has no resource type: it lists names, tags and dates of all secrets, and no value.
    { Sid: "ListSecrets", Effect: "Allow", Action: ["secretsmanager:ListSecrets"], Resource: ["*"] },
  ],
  register: () => [],
  sweep: (scope) => [sendToQueues(scope)],
  intake: (scope) => [
    {
      // Lambda itself sends there, with the function's role, what has failed for the last time.
      Sid: "SetAside",
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: [`arn:${scope.partition}:sqs:${scope.region}:${scope.account}:${scope.undoneQueueName}`],
    },
  ],
  relay: (scope) => [
    sendToQueues(scope, scope.deadlineQueueName, scope.noticeQueueName),
    askForProbes(scope),
    putOwnEvents(scope),
    ...readStream(scope),
  ],
  reconcile: (scope) => [
    takeFromQueue(scope, scope.revocationQueueName),
    ...inChunks(
      "AssumeRevokers",
      ["sts:AssumeRole"],
      scope.targets.map((target) => `arn:${scope.partition}:iam::${target.account}:role/${REVOKER_ROLE}`),
    ),
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
      // RotateSecret asks for it of whoever calls it (API reference): the function that rotates is this one.
      Sid: "BeRotatedBy",
      Effect: "Allow",
      Action: ["lambda:InvokeFunction"],
      Resource: [
        `arn:${scope.partition}:lambda:${scope.region}:${scope.account}:function:${functionRoleName("rotate")}`,
      ],
    },
    ...readOwnSecrets(scope),
    ...readSecrets("ReadRegistrationTokens", scope.registrationTokens, scope),
  ],
  probe: (scope) => [takeFromQueue(scope, scope.probeQueueName), ...assumeTaskRoles(scope)],
  notify: (scope) => [
    takeFromQueue(scope, scope.noticeQueueName),
    ...readSecrets("ReadChannels", scope.channelSecrets, scope),
  ],
  // With the client's secret a code is redeemed, where the issuer lets the hub do that.
  approve: (scope) => readSecrets("ReadApprovalsClients", scope.approvalClientSecrets, scope),
  console: () => [],
  observe: (scope) => [takeFromQueue(scope, scope.useQueueName)],
  collect: (scope) => [
    ...readStream(scope),
    { Sid: "BringIn", Effect: "Allow", Action: ["s3:PutObject"], Resource: [archiveArn(scope, "incoming/*")] },
  ],
  archive: (scope) => [
    { Sid: "ReadArchive", Effect: "Allow", Action: ["s3:GetObject"], Resource: [archiveArn(scope, "*")] },
    {
      // Without it S3 answers 403 for what is not there.
      Sid: "ListArchive",
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: [archiveBucketArn(scope)],
    },
    {
      Sid: "WriteArchive",
      Effect: "Allow",
      Action: ["s3:PutObject"],
      Resource: ["order/*", "tile/*", "facts/*", "checkpoints/*", "checkpoint", "verifier-key"].map((key) =>
        archiveArn(scope, key),
      ),
    },
    {
      Sid: "LockArchive",
      Effect: "Allow",
      Action: ["s3:PutObjectRetention"],
      Resource: ["tile/*", "facts/*", "checkpoints/*"].map((key) => archiveArn(scope, key)),
    },
    { Sid: "TakeIn", Effect: "Allow", Action: ["s3:DeleteObject"], Resource: [archiveArn(scope, "incoming/*")] },
    {
      // A key's id is not known before it is made; the alias is.
      Sid: "SignCheckpoints",
      Effect: "Allow",
      Action: ["kms:Sign", "kms:GetPublicKey"],
      Resource: [`arn:${scope.partition}:kms:${scope.region}:${scope.account}:key/*`],
      Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": scope.archiveKeyAlias } },
    },
  ],
};

/** As whom, the roles' trust says: each of the two has its own. */
const assumeTaskRoles = (scope: HubScope): Statement[] =>
  inChunks(
    "AssumeTaskRoles",
    ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    scope.targets.filter(({ isRetired }) => !isRetired).map((target) => taskRolesArn(scope.partition, target.account)),
  );

/** Resources of one statement, at most, where there is one for each account: such a statement fits into a managed policy. */
const CHUNK = 90;

/** Allows the actions on all resources, in as many statements as it takes. */
const inChunks = (Sid: string, Action: readonly string[], resources: readonly string[]): Statement[] =>
  Array.from({ length: Math.ceil(resources.length / CHUNK) }, (_, index) => ({
    Sid: index === 0 ? Sid : `${Sid}${index + 1}`,
    Effect: "Allow",
    Action,
    Resource: resources.slice(index * CHUNK, (index + 1) * CHUNK),
  }));

/** Whoever may tag a secret so decides that valetkey may touch it. */
const onManagedSecrets = (Sid: string, Action: readonly string[], scope: HubScope): Statement => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource: [secretArn("*", scope)],
  Condition: { StringEquals: { [`aws:ResourceTag/${SECRET_TAGS.managed}`]: "true" } },
});

/** By name, with the six characters that Secrets Manager adds: `name*` would be another secret's name too. */
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
const readOwnSecrets = (scope: HubScope): Statement[] => readSecrets("ReadOwnSecrets", scope.ownSecrets, scope);

/** ARNs of secrets in the hub. */
export const secretArn = (name: string, scope: HubScope): string =>
  `arn:${scope.partition}:secretsmanager:${scope.region}:${scope.account}:secret:${name}`;

/** `ForAllValues` is also true of no value at all, hence the `Null`: a request without a leading key is refused. */
function onKinds(access: Access, kinds: readonly Kind[], scope: HubScope): Statement {
  return {
    Sid: `${access.slice(0, 1).toUpperCase()}${access.slice(1)}Items`,
    Effect: "Allow",
    Action: [ACTIONS[access]],
    Resource: [tableArn(scope)],
    Condition: {
      "ForAllValues:StringLike": { "dynamodb:LeadingKeys": kinds.map((kind) => `${KINDS[kind]}*`) },
      Null: { "dynamodb:LeadingKeys": "false" },
    },
  };
}

const sendToQueues = (scope: HubScope, ...further: readonly string[]): Statement => ({
  Sid: "SendToQueues",
  Effect: "Allow",
  Action: ["sqs:SendMessage"],
  Resource: [scope.revocationQueueName, scope.leaseRevocationQueueName, ...further].map((name) =>
    queueArn(scope, name),
  ),
});

/** The relay alone starts probes. */
const askForProbes = (scope: HubScope): Statement => ({
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

/** It may say one thing, under our own name. */
const putOwnEvents = (scope: HubScope): Statement => ({
  Sid: "PutOwnEvents",
  Effect: "Allow",
  Action: ["events:PutEvents"],
  Resource: [busArn(scope)],
  Condition: eventIs(BUS_SOURCES.own, ["task.end"]),
});

/** Both keys may hold several values (Service Authorization Reference), and `ForAllValues` is also true of none, hence the `Null`. */
export const eventIs = (source: string, types: readonly string[]): NonNullable<Statement["Condition"]> => ({
  "ForAllValues:StringEquals": { "events:source": source, "events:detail-type": types },
  Null: { "events:source": "false", "events:detail-type": "false" },
});

/** Lambda polls a stream with the function's own role. A stream's name is the moment it was switched on, hence the pattern. */
const readStream = (scope: HubScope): Statement[] => [
  {
    Sid: "ReadStream",
    Effect: "Allow",
    Action: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
    Resource: [`${tableArn(scope)}/stream/*`],
  },
  // It has no resource type: it lists the names of streams and nothing else.
  { Sid: "ListStreams", Effect: "Allow", Action: ["dynamodb:ListStreams"], Resource: ["*"] },
];

/** ARN of the one table. */
export const tableArn = (scope: HubScope): string =>
  `arn:${scope.partition}:dynamodb:${scope.region}:${scope.account}:table/${scope.tableName}`;
/** ARN of the archive's bucket. */
export const archiveBucketArn = (scope: HubScope): string => `arn:${scope.partition}:s3:::${scope.archiveBucket}`;
/** ARN, or pattern, of objects in the archive. */
export const archiveArn = (scope: HubScope, key: string): string => `${archiveBucketArn(scope)}/${key}`;

/** ARN of the one bus. */
export const busArn = (scope: HubScope): string =>
  `arn:${scope.partition}:events:${scope.region}:${scope.account}:event-bus/${scope.busName}`;
const queueArn = (scope: HubScope, name: string): string =>
  `arn:${scope.partition}:sqs:${scope.region}:${scope.account}:${name}`;
