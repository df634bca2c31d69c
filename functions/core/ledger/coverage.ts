import { type ActionPattern, namesAction } from "../catalogue/action-name.ts";
import type { AccountId } from "../deployment/account-id.ts";
import type { AwsDetail, Detail } from "../intent/detail.ts";

/** Pair of action and resource that an agent requested. */
export interface RequestedPair {
  readonly action: ActionPattern;
  readonly resource: string;
}

/** Pair that a task was granted in an account. */
export interface GrantedPair extends RequestedPair {
  readonly account: AccountId;
}

/** Lists the pairs of an AWS detail; none for any other detail. */
export function pairsOf(detail: Detail): readonly GrantedPair[] {
  if (!isAws(detail)) return [];
  const { account, actions, resources } = detail;
  return actions.flatMap((action) => resources.map((resource) => ({ account, action, resource })));
}

const isAws = (detail: Detail): detail is AwsDetail => detail.type === "aws";

/**
 * Actions with which IAM also allows a call that CloudTrail reports as another action. A request for a version of an
 * object, for example, has the same event as one for its latest version.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html. Reviewed; an action that is
 * missing here causes a false E2.
 */
const ALSO_ALLOWED_BY: Readonly<Record<string, readonly string[]>> = {
  "s3:GetObject": ["s3:GetObjectVersion", "s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"],
  "s3:GetObjectAcl": ["s3:GetObjectVersionAcl"],
  "s3:GetObjectTagging": ["s3:GetObjectVersionTagging"],
  "s3:GetObjectAttributes": ["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectVersionAttributes"],
  "s3:DeleteObject": ["s3:DeleteObjectVersion"],
  "s3:PutObjectAcl": ["s3:PutObjectVersionAcl"],
  "s3:PutObjectTagging": ["s3:PutObjectVersionTagging"],
  "s3:DeleteObjectTagging": ["s3:DeleteObjectVersionTagging"],
};

/** True where a requested action allows a call that CloudTrail reports as this action. */
export const allowsCall = (requested: ActionPattern, action: string): boolean =>
  [action, ...(ALSO_ALLOWED_BY[action] ?? [])].some((name) => namesAction(requested, name));
