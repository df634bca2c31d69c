import type { CatalogueAction } from "../../catalogue/catalogue-action.ts";

/**
 * The proof's own reading of which calls list. It was written from the API references, apart from the compiler's table
 * (`functions/core/iam-facts`), and neither imports the other. A test prints where the two differ.
 *
 * Actions, by service, whose API reference requires the resource itself in the request. Patterns end with a star.
 */
const NAME_THEIR_RESOURCE: Readonly<Record<string, string>> = {
  s3: "ListBucket ListBucketVersions ListBucketMultipartUploads ListMultipartUploadParts",
  dynamodb:
    "DescribeTable* DescribeTime* DescribeContinuous* DescribeContributor* DescribeBackup DescribeStream ListTags*",
  ecr: "DescribeImages DescribeImageScan* DescribeImageReplication* ListImages",
  eks: "DescribeCluster DescribeNodegroup DescribeAddon DescribeFargate*",
  kms: "DescribeKey ListResourceTags ListKeyPolicies ListGrants",
  lambda: "ListVersions* ListAliases ListTags",
  secretsmanager: "DescribeSecret ListSecretVersion*",
  ssm: "DescribeDocument",
  sns: "ListSubscriptionsByTopic ListTagsForResource",
  sqs: "ListQueueTags ListDeadLetterSourceQueues",
  states: "DescribeStateMachine DescribeExecution",
};

/** Lists whose names begin with another verb than Describe, List or Search. */
const BY_OTHER_VERBS: Readonly<Record<string, string>> = {
  ce: "GetAnomalyMonitors GetAnomalySubscriptions",
  glue: "GetCatalogs GetConnections GetDatabases GetMLTransforms GetPartitions GetTables GetTableVersions GetUserDefinedFunctions",
  mobiletargeting: "GetApps GetRecommenderConfigurations",
};

/** True where a call of the action may name no resource, and returns what it did not name. */
export function answersUnnamed({ name, service, resourceTypes }: CatalogueAction): boolean {
  const short = name.slice(service.length + 1);
  if (resourceTypes.length === 0 || isAmong(short, NAME_THEIR_RESOURCE[service])) return false;
  // Calls that name none are evaluated on `*`, which no ARN matches. Source: "Resources" of CloudWatch's identity-based
  // access control, Amazon CloudWatch User Guide.
  if (/^cloudwatch:(GetMetricData|ListMetrics|PutMetricData)$/.test(name)) return false;
  return (
    isList({ name, service }) || resourceTypes.every(({ required, arns }) => !required && arns.every(namesAccount))
  );
}

const namesAccount = (arn: string): boolean => arn.split(":")[4] !== "";

/** True for an action whose calls may name the parents of what they return, too. */
export function isList({ name, service }: Pick<CatalogueAction, "name" | "service">): boolean {
  const short = name.slice(service.length + 1);
  return /^(BatchDescribe|BatchList|Describe|List|Search)/.test(short) || isAmong(short, BY_OTHER_VERBS[service]);
}

/** True where one of the patterns, separated by spaces, names the action. */
export function isAmong(short: string, patterns = ""): boolean {
  return patterns
    .split(" ")
    .some((each) => each === short || (each.endsWith("*") && short.startsWith(each.slice(0, -1))));
}

/**
 * Texts that IAM may evaluate as the resource part, where the call names none of a type: each name is a star; the rest
 * is a star; there is no name (`alarm:`); there is no type either. CloudWatch Logs evaluates a stream of no group.
 * @param resource the form of the type's ARNs behind the fifth colon, with `$` for each name.
 */
export function evaluatedTexts(service: string, resource: string): readonly string[] {
  const begins = beginOf(resource);
  const ofNothing = service === "logs" ? [`${begins}:log-stream:`, `${begins}:log-stream:*`] : [];
  return [...new Set([resource.replaceAll("$", "*"), `${begins}*`, begins, "*", ...ofNothing])].filter(
    (each) => each !== "",
  );
}

/** Returns the text before the first name of a resource's form. */
export const beginOf = (resource: string): string => resource.split(/[$*]/, 1).join();

/**
 * Characters that no name of the type may have, by the constraints of its identifiers in the service's API reference. A
 * name of any other type may have all.
 */
export function absentFrom(service: string, type: string): string {
  switch (service) {
    case "rds":
      return RDS_NAMES.test(type) ? "/:" : "/";
    case "elasticache":
    case "sns":
    case "elasticfilesystem":
      return "/:";
    case "redshift":
      return type === "cluster" ? "/:" : "";
    case "dynamodb":
      return type === "table" ? "/:" : "";
    case "cloudformation":
      return type === "stack" ? ":" : "";
    default:
      return "";
  }
}

const RDS_NAMES =
  /^(db|cluster|cluster-endpoint|cluster-pg|es|global-cluster|pg|proxy|proxy-endpoint|ri|secgrp|subgrp|auto-backup|cluster-auto-backup|deployment|integration|shardgrp)$/;
