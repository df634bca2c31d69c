import { type ApiUse, MOST_CHARACTERS } from "../ledger/api-use.ts";
import { type GrantedPair, namesAllowing, pairsOf } from "../ledger/coverage.ts";
import type { Task } from "../tasks/task.ts";
import { globFromIam, matches } from "../text/glob.ts";

/**
 * Calls that every session may make whatever its policies say, so that nobody grants them.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html, .../API_GetSessionToken.html; `GetScopedCredentials` gives less than the
 * caller has, and AWS documents no right for it.
 */
const NEEDS_NO_RIGHT: ReadonlySet<string> = new Set([
  "sts:GetCallerIdentity",
  "sts:GetSessionToken",
  "sts:GetScopedCredentials",
  "sts.amazonaws.com:GetScopedCredentials",
]);

/** True for a call that succeeds without any right. */
export const needsNoRight = ({ action }: Pick<ApiUse, "action">): boolean => NEEDS_NO_RIGHT.has(action);

/** Events of S3 whose one resource is the one that IAM decides on; a copy has two, and a batch of deletions names the bucket. */
const ONE_RESOURCE: ReadonlySet<string> = new Set([
  ...["GetObject", "HeadObject", "PutObject", "DeleteObject", "GetObjectTagging", "PutObjectTagging", "GetObjectAcl"],
  ...["ListObjects", "ListObjectsV2", "HeadBucket"],
]);

/**
 * True for a call that succeeded and that no grant of the task covers (E2). Where AWS's name for what it decided is not known for sure, the call is
 * none: an event without an IAM action, a call by a service, a call that failed, and the resource of any call but S3's on one object or bucket.
 */
export function isBeyondGrant(use: ApiUse, { details, connectorLeases = [] }: Task): boolean {
  if (use.isByService || !use.isMapped || use.errorCode !== undefined || needsNoRight(use)) return false;
  const fitting = grantsFor(use, details);
  if (fitting.length === 0) return !(isReadOfSecret(use) && connectorLeases.some(({ made }) => "session_arns" in made));
  return isResourceKnown(use) && !fitting.some(({ resource }) => matches(globFromIam(resource), use.resource));
}

/** True for a call that a grant of the task covers, or of which nobody can tell, since the event names no resource or a cut one. */
export const mayBeGranted = (use: ApiUse, { details }: Pick<Task, "details">): boolean =>
  grantsFor(use, details).some(
    ({ resource }) =>
      use.resource === "*" || use.resource.length >= MOST_CHARACTERS || matches(globFromIam(resource), use.resource),
  );

/** Lists the grants of a call's action in its account, on whatever resource. */
const grantsFor = (use: ApiUse, details: Task["details"]): readonly GrantedPair[] =>
  details
    .flatMap(pairsOf)
    .filter(
      ({ account, action }) =>
        account === use.account && namesAllowing(use.action).some((name) => matches(globFromIam(action), name)),
    );

/** A secret may be delivered by letting the session read it, which no AWS detail of the task names. */
const isReadOfSecret = ({ action }: ApiUse): boolean =>
  action === "secretsmanager:GetSecretValue" || action === "secretsmanager:DescribeSecret" || action === "kms:Decrypt";

/** A name that was cut is not known: a grant may end where it was cut. */
const isResourceKnown = ({ action, eventName, resource }: ApiUse): boolean =>
  action.startsWith("s3:") &&
  ONE_RESOURCE.has(eventName) &&
  resource.length < MOST_CHARACTERS &&
  /^arn:[\w-]+:s3:::[^*]+$/.test(resource);
