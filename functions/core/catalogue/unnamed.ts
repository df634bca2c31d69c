import type { CatalogueAction } from "./catalogue-action.ts";

/**
 * Actions with resource types of which a call may name none. IAM evaluates such a call on `*`, and a call that names a
 * resource on the resource. The Service Authorization Reference does not distinguish these actions from others with
 * optional types (`s3:GetObject`), hence this reviewed list. A wrong entry grants nothing more: what is granted on `*`
 * is denied on every ARN.
 *
 * CloudWatch: a metric has no ARN, and only some calls name a dataset.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-identity-based-access-control-cw.html
 */
const MAY_NAME_NONE: ReadonlySet<string> = new Set([
  ...["cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "cloudwatch:PutMetricData"],
]);

/** True for an action with resource types whose calls may name none. */
export const mayNameNone = ({ name }: Pick<CatalogueAction, "name">): boolean => MAY_NAME_NONE.has(name);

/**
 * True for an action whose calls may name no resource, and so mean all of them: every type is optional. IAM evaluates
 * such a call on the type's ARN with a star as the name (`rds:DescribeDBInstances` on
 * `arn:aws:rds:eu-west-1:111122223333:db:*`). The actions of `mayNameNone` are not among them.
 * Source: messages of refused calls of RDS, ElastiCache and CloudFormation, which name such ARNs.
 */
export const takesNone = (action: Pick<CatalogueAction, "name" | "resourceTypes">): boolean =>
  action.resourceTypes.length > 0 && !mayNameNone(action) && action.resourceTypes.every(({ required }) => !required);

/** Pattern of every ARN. A call that names no resource matches none of them. */
export const EVERY_ARN = "arn:*:*:*:*:*";
