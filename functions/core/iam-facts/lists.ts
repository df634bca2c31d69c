import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { Fact } from "./fact.ts";

/**
 * Lists: actions of which a call may name no resource, or only a parent, and whose response holds more than what is
 * named. IAM evaluates such a call on the type's ARN with a star, or with nothing, in place of each name that the call
 * leaves out.
 *
 * An asterisk in the Service Authorization Reference does not say that a call names the resource: `DescribeAlarms`
 * stars `alarm` and names none. So the rule is by the verb, whatever the asterisk, with a list of exceptions.
 */
export const LISTS: Fact & { readonly verbs: RegExp } = {
  verbs: /^(Batch)?(Describe|List|Search)/,
  source:
    "refusals printed by AWS: cloudwatch:DescribeAlarms on alarm:* (github.com/aws-samples/amazon-cloudwatch-auto-alarms, " +
    "issue 1) and DeleteAlarms on alarm: (issue 18), logs:DescribeLogGroups, before it had no type, on log-group::log-stream: " +
    "(github.com/hashicorp/terraform-provider-aws, issue 8804); request members without `required` in the API models",
  ifWrong: "a list by another verb shows what a forbid hides",
};

/** Lists by other verbs: the API model requires no member, or only a parent's, and the response has many resources. */
export const OTHER_LISTS: readonly (Fact & { readonly actions: readonly string[] })[] = [
  {
    actions: ["glue:GetCatalogs", "glue:GetConnections", "glue:GetDatabases", "glue:GetMLTransforms", "glue:GetTables"],
    source: "AWS Glue API reference: the requests require no name of what they return",
    ifWrong: "the metadata of a forbidden table, database or connection is shown",
  },
  {
    actions: ["glue:GetPartitions", "glue:GetTableVersions", "glue:GetUserDefinedFunctions"],
    source: "AWS Glue API reference: the requests name a parent, or nothing",
    ifWrong: "the metadata of a forbidden table is shown",
  },
  {
    actions: ["ce:GetAnomalyMonitors", "ce:GetAnomalySubscriptions"],
    source: "AWS Cost Explorer API reference: MonitorArnList and SubscriptionArnList are not required",
    ifWrong: "a forbidden monitor or subscription is shown",
  },
  {
    actions: ["mobiletargeting:GetApps", "mobiletargeting:GetRecommenderConfigurations"],
    source: "Amazon Pinpoint API reference: the requests take a page and a token alone",
    ifWrong: "a forbidden application or recommender is shown",
  },
];

/**
 * Exceptions from the rule: actions whose requests must name each resource of the response. A Deny of the
 * list would deny no call, and take a part of the session policy's 2,048 characters. Any other action is guarded: a
 * guard too many denies nothing.
 */
export const ONLY_WHAT_IS_NAMED: readonly (Fact & { readonly actions: readonly string[] })[] = [
  {
    actions: ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "cloudwatch:PutMetricData"],
    source: "Amazon CloudWatch User Guide: a call that names no dataset is evaluated on *, which an ARN never matches",
    ifWrong: "metrics of a forbidden dataset are shown",
  },
  {
    actions: [
      ...["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts"],
    ],
    source: "Amazon S3 API reference: the bucket is the request's host or path, and the key its path",
    ifWrong: "a list without a bucket would show a forbidden bucket",
  },
  {
    actions: [
      ...["dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:DescribeContinuousBackups"],
      ...["dynamodb:DescribeBackup", "dynamodb:DescribeStream", "dynamodb:DescribeContributorInsights"],
      ...["dynamodb:DescribeTableReplicaAutoScaling", "dynamodb:ListTagsOfResource"],
    ],
    source: "Amazon DynamoDB API reference: TableName, BackupArn, StreamArn or ResourceArn is required",
    ifWrong: "a call without a name would show a forbidden table",
  },
  {
    actions: [
      ...[
        "ecr:DescribeImages",
        "ecr:ListImages",
        "ecr:DescribeImageScanFindings",
        "ecr:DescribeImageReplicationStatus",
      ],
      ...["eks:DescribeCluster", "eks:DescribeNodegroup", "eks:DescribeAddon", "eks:DescribeFargateProfile"],
      ...["kms:DescribeKey", "kms:ListResourceTags", "kms:ListKeyPolicies", "kms:ListGrants"],
      ...["lambda:ListVersionsByFunction", "lambda:ListAliases", "lambda:ListTags"],
      ...["secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds", "ssm:DescribeDocument"],
      ...["sns:ListSubscriptionsByTopic", "sns:ListTagsForResource", "sqs:ListQueueTags"],
      ...["sqs:ListDeadLetterSourceQueues", "states:DescribeStateMachine", "states:DescribeExecution"],
    ],
    source: "API references of these services: the name, ARN or URL of the one resource is required",
    ifWrong: "a call without a name would show a forbidden resource",
  },
];

const EXCEPTED: ReadonlySet<string> = new Set(ONLY_WHAT_IS_NAMED.flatMap(({ actions }) => actions));
const FURTHER: ReadonlySet<string> = new Set(OTHER_LISTS.flatMap(({ actions }) => actions));

/**
 * `list`: a call may leave out names, and its response holds more than it names. `none`: the action is no list, but a call may name no resource, since every type is optional. `named`: a call
 * names each resource.
 */
export type Naming = "list" | "none" | "named";

/** Returns how calls of the action name resources, by the rule and its exceptions. */
export function namingOf({
  name,
  service,
  resourceTypes,
}: Pick<CatalogueAction, "name" | "service" | "resourceTypes">): Naming {
  if (resourceTypes.length === 0 || EXCEPTED.has(name)) return "named";
  if (LISTS.verbs.test(name.slice(service.length + 1)) || FURTHER.has(name)) return "list";
  // Objects of S3, whose ARNs name no account, are named by the request's path.
  return resourceTypes.every(({ required, arns }) => !required && arns.every(namesAccount)) ? "none" : "named";
}

const namesAccount = (arn: string): boolean => arn.split(":")[4] !== "";

/**
 * Texts that IAM evaluates in place of the names that a call leaves out. `*` is documented by refusals of many services,
 * and nothing by those of CloudWatch. CloudWatch Logs writes a stream without a name behind the group.
 */
export const IN_PLACE_OF_NAMES = {
  texts: ["*", ""],
  behindNothing: { logs: ":*" } as Readonly<Record<string, string>>,
  source: LISTS.source,
  ifWrong: "a list that IAM evaluates on another text is not denied, and shows what a forbid hides",
} as const satisfies Fact & Readonly<Record<string, unknown>>;

/**
 * Characters among `/` and `:` that the names of types cannot hold. A forbid on what lies in a folder does not apply to
 * such a type. Names of any other type may hold both. Automated snapshots of RDS and its default option groups have a
 * colon in their names.
 */
export const NOT_IN_NAMES: Fact & { readonly of: Readonly<Record<string, string>> } = {
  of: {
    rds: "/",
    ...Object.fromEntries(
      ["db", "cluster", "cluster-endpoint", "cluster-pg", "es", "global-cluster", "pg", "proxy", "proxy-endpoint", "ri"]
        .concat(["secgrp", "subgrp", "auto-backup", "cluster-auto-backup", "deployment", "integration", "shardgrp"])
        .map((type) => [`rds:${type}`, "/:"]),
    ),
    elasticache: "/:",
    "redshift:cluster": "/:",
    sns: "/:",
    elasticfilesystem: "/:",
    "cloudformation:stack": ":",
    "dynamodb:table": "/:",
  },
  source:
    '"Constraints" of the identifiers in the API references of Amazon RDS, ElastiCache, Redshift, SNS, EFS, ' +
    "CloudFormation and DynamoDB",
  ifWrong: "a list may show what a forbid by such a name hides",
};
