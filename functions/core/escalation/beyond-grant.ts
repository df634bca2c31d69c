import { type ApiUse, MOST_CHARACTERS } from "../ledger/api-use.ts";
import { allowsCall, type GrantedPair, pairsOf } from "../ledger/coverage.ts";
import type { Task } from "../tasks/task.ts";
import { globFromIam, matches } from "../text/glob.ts";

/**
 * Calls that every session may make whatever its policies, so no grant names them. `GetScopedCredentials` gives less
 * than the caller has, and AWS documents no right for it.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html, .../API_GetSessionToken.html
 */
const NEEDS_NO_RIGHT: ReadonlySet<string> = new Set([
  "sts:GetCallerIdentity",
  "sts:GetSessionToken",
  "sts:GetScopedCredentials",
  "sts.amazonaws.com:GetScopedCredentials",
]);

/** True for a call that succeeds without any right. */
export const needsNoRight = ({ action }: Pick<ApiUse, "action">): boolean => NEEDS_NO_RIGHT.has(action);

/**
 * Events of S3 with one resource, the one about which IAM decides. A copy has two, and a batch of deletions names the
 * bucket.
 */
const ONE_RESOURCE: ReadonlySet<string> = new Set([
  ...["GetObject", "HeadObject", "PutObject", "DeleteObject", "GetObjectTagging", "PutObjectTagging", "GetObjectAcl"],
  ...["ListObjects", "ListObjectsV2", "HeadBucket"],
]);

/**
 * True for a call that succeeded although no grant of the task covers it (E2). False where the event does not show what
 * AWS decided about: no IAM action, a call by a service, a call that failed. Resources are compared only for calls of
 * S3 on one object or bucket.
 */
export function isBeyondGrant(use: ApiUse, { details, connectorLeases = [] }: Task): boolean {
  if (use.isByService || !use.isMapped || use.errorCode !== undefined || needsNoRight(use)) return false;
  const fitting = grantsFor(use, details);
  if (fitting.length === 0) return !(isReadOfSecret(use) && connectorLeases.some(({ made }) => "session_arns" in made));
  return isResourceKnown(use) && !fitting.some(({ resource }) => matches(globFromIam(resource), use.resource));
}

/**
 * True for a call that a grant of the task covers. True also where the event does not show it, since it names no
 * resource or a truncated one.
 */
export const mayBeGranted = (use: ApiUse, { details }: Pick<Task, "details">): boolean =>
  grantsFor(use, details).some(
    ({ resource }) =>
      use.resource === "*" || use.resource.length >= MOST_CHARACTERS || matches(globFromIam(resource), use.resource),
  );

/** Lists the grants of a call's action in its account, for any resource. */
const grantsFor = (use: ApiUse, details: Task["details"]): readonly GrantedPair[] =>
  details.flatMap(pairsOf).filter(({ account, action }) => account === use.account && allowsCall(action, use.action));

/** A task may receive a secret as a session that reads it. No AWS detail of the task names that right. */
const isReadOfSecret = ({ action }: ApiUse): boolean =>
  action === "secretsmanager:GetSecretValue" || action === "secretsmanager:DescribeSecret" || action === "kms:Decrypt";

/** False for a truncated name, since a grant may end where the name was cut. */
const isResourceKnown = ({ action, eventName, resource }: ApiUse): boolean =>
  action.startsWith("s3:") &&
  ONE_RESOURCE.has(eventName) &&
  resource.length < MOST_CHARACTERS &&
  /^arn:[\w-]+:s3:::[^*]+$/.test(resource);
