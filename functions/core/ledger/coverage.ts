import type { AwsDetail, Detail } from "../intent/detail.ts";

/** Pair of action and resource that an agent asked for. */
export interface AskedPair {
  readonly action: string;
  readonly resource: string;
}

/** Pair that a task was granted in an account. */
export interface GrantedPair extends AskedPair {
  readonly account: string;
}

/** Lists the pairs of an AWS detail; none of any other. */
export function pairsOf(detail: Detail): readonly GrantedPair[] {
  if (!isAws(detail)) return [];
  const { account, actions, resources } = detail;
  return actions.flatMap((action) => resources.map((resource) => ({ account, action, resource })));
}

const isAws = (detail: Detail): detail is AwsDetail => detail.type === "aws";

/**
 * Actions by which IAM also allows what CloudTrail reports as another: a request for a version of an object has the same event as one for its latest.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html. Reviewed; an action that is missing here is a false E2.
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

/** Lists the actions by any of which IAM allows a call that CloudTrail reports as this one. */
export const namesAllowing = (action: string): readonly string[] => [action, ...(ALSO_ALLOWED_BY[action] ?? [])];
