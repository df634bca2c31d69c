import type { FunctionName } from "../contract/names.ts";
import { personTagSecret, recordKeySecret } from "../functions/hub-names.ts";
import {
  archiveArn,
  archiveBucketArn,
  functionRoleArn,
  functionsOf,
  type HubScope,
  queueArn,
  secretArn,
  tableArn,
} from "./arns.ts";
import { rightsOf } from "./rights.ts";

/** Statement that denies everybody but some principals, whatever IAM allows them. */
export type ForeignDeny = ReturnType<typeof denyOthers>;

/**
 * Lists the principals of the hub's account that no resource policy denies, as patterns of `aws:PrincipalArn`. Each of
 * them could change the policies anyway.
 * - The account's root, and the roles of `administrators`.
 * - The role by which CloudFormation deploys for the CDK, and administrators of IAM Identity Center.
 * - Service-linked roles, which only a service of AWS can assume.
 */
const administratorsOf = ({ partition, account, administrators }: HubScope): readonly string[] => {
  const iam = `arn:${partition}:iam::${account}`;
  return [
    `${iam}:root`,
    `${iam}:role/cdk-*-cfn-exec-role-${account}-*`,
    `${iam}:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_AdministratorAccess_*`,
    `${iam}:role/aws-service-role/*`,
    ...administrators,
  ];
};

/**
 * Denies actions to everybody but these functions and the administrators. Services of AWS that act by themselves are
 * not denied: they have no `aws:PrincipalArn`, and no principal of an account can act as one. No action by which a
 * resource policy is read, changed or removed is ever denied, so that nobody can be locked out.
 */
const denyOthers = (
  Sid: string,
  functions: readonly FunctionName[],
  Action: readonly string[],
  Resource: readonly string[],
  scope: HubScope,
) =>
  ({
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource,
    Condition: {
      ArnNotLike: {
        "aws:PrincipalArn": [...functions.map((name) => functionRoleArn(name, scope)), ...administratorsOf(scope)],
      },
      Bool: { "aws:PrincipalIsAWSService": "false" },
    },
  }) as const;

/** Functions whose roles allow an action of a service on a resource, which is written as in their rights. */
const allowed = (service: string, isIt: (resource: string) => boolean, scope: HubScope): readonly FunctionName[] =>
  functionsOf(scope).filter((name) =>
    rightsOf(name, scope).some(
      ({ Effect, Action, Resource }) =>
        Effect === "Allow" && Action.some((action) => action.startsWith(service)) && Resource.some(isIt),
    ),
  );

const ITEMS = [
  ...["BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan"],
  ...["UpdateItem", "PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate"],
].map((each) => `dynamodb:${each}`);

/** Policy of the table: its items are for the functions that have a right to some of them. The resource is the table itself. */
export const tablePolicy = (scope: HubScope): ForeignDeny[] => [
  denyOthers(
    "ItemsOfOurFunctions",
    allowed("dynamodb:", (each) => each === tableArn(scope), scope),
    ITEMS,
    ["*"],
    scope,
  ),
];

/** Policy of the table's stream, which has the tokens of votes. */
export const streamPolicy = (scope: HubScope): ForeignDeny[] => [
  denyOthers(
    "StreamOfOurFunctions",
    allowed("dynamodb:", (each) => each === `${tableArn(scope)}/stream/*`, scope),
    ["dynamodb:GetRecords", "dynamodb:GetShardIterator"],
    ["*"],
    scope,
  ),
];

/** Policy of a queue: only its own senders and receivers send and receive. @param name name of the queue. */
export const queuePolicy = (name: string, scope: HubScope): ForeignDeny[] => [
  denyOthers(
    "MessagesOfOurFunctions",
    allowed("sqs:", (each) => each === queueArn(scope, name), scope),
    ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:PurgeQueue", "sqs:ReceiveMessage", "sqs:SendMessage"],
    [queueArn(scope, name)],
    scope,
  ),
];

/** Writes of the archive's bucket. Who reads the log is for IAM to say: auditors and backups do. */
export const archiveWritersPolicy = (scope: HubScope): ForeignDeny[] => [
  denyOthers(
    "WrittenByOurFunctions",
    allowed("s3:Put", (each) => each.startsWith(`${archiveBucketArn(scope)}/`), scope),
    [
      ...["s3:AbortMultipartUpload", "s3:BypassGovernanceRetention", "s3:DeleteObject", "s3:DeleteObjectTagging"],
      ...[
        "s3:DeleteObjectVersion",
        "s3:PutObject",
        "s3:PutObjectAcl",
        "s3:PutObjectLegalHold",
        "s3:PutObjectRetention",
      ],
      ...["s3:PutObjectTagging", "s3:ReplicateDelete", "s3:ReplicateObject", "s3:RestoreObject"],
    ],
    [archiveArn(scope, "*")],
    scope,
  ),
];

/** Secrets that the stack generates, which the exchange alone reads. */
export const generatedSecrets = (scope: HubScope): readonly string[] => [
  recordKeySecret(scope),
  personTagSecret(scope),
];

/** Policy of a generated secret. Nobody else reads its value, or puts one that somebody knows. @param name name of the secret. */
export const generatedSecretPolicy = (name: string, scope: HubScope): ForeignDeny[] => [
  denyOthers(
    "ValueOfOurFunctions",
    allowed("secretsmanager:", (each) => each === secretArn(`${name}-??????`, scope), scope),
    ["GetSecretValue", "PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage"].map(
      (each) => `secretsmanager:${each}`,
    ),
    ["*"],
    scope,
  ),
];
