import type { CatalogueAction } from "./catalogue-action.ts";

/**
 * Actions with resource types of which a call may name none: IAM is asked about `*` then, and about the resource where the call names one. Which
 * actions these are, the Service Authorization Reference does not tell apart from actions whose types are optional beside one another
 * (`s3:GetObject`), hence this reviewed list. A wrong entry grants nothing more: what is granted on `*` is denied on every ARN.
 *
 * CloudWatch: a metric has no ARN, and a dataset is named by some calls only.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-identity-based-access-control-cw.html
 */
const MAY_NAME_NONE: ReadonlySet<string> = new Set([
  ...["cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "cloudwatch:PutMetricData"],
]);

/** True for an action with resource types, of which a call may name none. */
export const mayNameNone = ({ name }: Pick<CatalogueAction, "name">): boolean => MAY_NAME_NONE.has(name);

/**
 * True for an action of which a call may name no resource, and all of them: every type is optional. IAM is asked then about the type's ARN with a star
 * in place of the name (`rds:DescribeDBInstances` on `arn:aws:rds:eu-west-1:111122223333:db:*`), but for the actions of `mayNameNone`.
 * Source: messages of refused calls of RDS, ElastiCache and CloudFormation, which name such ARNs.
 */
export const takesNone = (action: Pick<CatalogueAction, "name" | "resourceTypes">): boolean =>
  action.resourceTypes.length > 0 && !mayNameNone(action) && action.resourceTypes.every(({ required }) => !required);

/** Pattern of every ARN: what a call that names no resource is not about. */
export const EVERY_ARN = "arn:*:*:*:*:*";
