import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { plainName } from "../plain-name.ts";
import { allowed, becomesAllowed, by, type Keys, mayList, sessionOf } from "../session.ts";
import { enableAbac, makeBucket, ownBucket, TAG, tagBucket } from "../things/bucket.ts";
import { makeRole, policyOf } from "../things/role.ts";
import type { Workshop } from "../workshop.ts";

const UNSEEN = notKnown("the role itself may not do what is tried");

const s3By = (workshop: Workshop, keys: Keys) => new S3Client({ ...by(workshop, keys), forcePathStyle: true });

/** Tries whether IAM sees the tags of a bucket once its attribute-based access control is on, and not before. */
export async function bucketTagsWaitForAbac(workshop: Workshop): Promise<Seen> {
  const bucket = await makeBucket(workshop, []);
  await tagBucket(workshop, bucket, "right");
  const statement = { Effect: "Allow", Action: "s3:ListBucket", Resource: `arn:${workshop.partition}:s3:::${bucket}` };
  const Condition = { StringEquals: { [`aws:ResourceTag/${TAG}`]: "right" } };
  const lists = (keys: Keys) =>
    allowed(workshop, () =>
      s3By(workshop, keys).send(new ListObjectsV2Command({ ...ownBucket(workshop, bucket), MaxKeys: 1 })),
    );
  const free = await sessionOf(workshop, await makeRole(workshop, policyOf(statement)));
  if (!(await becomesAllowed(workshop, () => lists(free)))) return UNSEEN;
  // A statement without a condition shows when the policy is in force: once it allows, the rest applies as well.
  const inForce = { Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" };
  const keys = await sessionOf(workshop, await makeRole(workshop, policyOf(inForce, { ...statement, Condition })));
  if (!(await becomesAllowed(workshop, () => mayList(workshop, keys)))) return UNSEEN;
  if (await lists(keys)) return failsToHold("IAM saw a bucket's tag while the bucket's ABAC was off");
  try {
    await enableAbac(workshop, bucket);
  } catch (error) {
    return notKnown(`IAM saw no tag while ABAC was off, and ABAC could not be switched on (${plainName(error)})`);
  }
  return (await becomesAllowed(workshop, () => lists(keys)))
    ? holds("IAM saw a bucket's tag once ABAC was on, and not before")
    : failsToHold("IAM did not see a bucket's tag though ABAC was on");
}

/** Tries whether IAM sees the tags of the object that is read, and not those of another object. */
export async function objectTagsAreVisible(workshop: Workshop): Promise<Seen> {
  const objects = [{ key: "right", tag: "right" }, { key: "wrong", tag: "wrong" }, { key: "bare" }, { key: "free" }];
  const bucket = await makeBucket(workshop, objects);
  const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: `arn:${workshop.partition}:s3:::${bucket}/*` };
  const Condition = { StringEquals: { [`s3:ExistingObjectTag/${TAG}`]: "right" } };
  const free = { ...statement, Resource: `arn:${workshop.partition}:s3:::${bucket}/free` };
  const keys = await sessionOf(workshop, await makeRole(workshop, policyOf(free, { ...statement, Condition })));
  const reads = (Key: string) =>
    allowed(workshop, () => s3By(workshop, keys).send(new GetObjectCommand({ ...ownBucket(workshop, bucket), Key })));
  if (!(await becomesAllowed(workshop, () => reads("free")))) return UNSEEN;
  if (!(await becomesAllowed(workshop, () => reads("right"))))
    return failsToHold("an object with the tag could not be read on condition of the tag");
  for (const key of ["wrong", "bare"])
    if (await reads(key)) return failsToHold("an object without the tag was read on condition of the tag");
  return holds("an object with the tag was read on condition of the tag, and others were not");
}
