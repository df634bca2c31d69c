import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutBucketAbacCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { MARKER, type Workshop } from "../workshop.ts";

/** Object of a probe's bucket: its key, and the tags that it gets. */
export interface ProbeObject {
  readonly key: string;
  readonly tag?: string;
}

/** Name of the one tag that buckets and objects of probes have. */
export const TAG = "probe";

/** Makes a bucket with objects. Names of buckets are everybody's: each call names the account that has to own it. @returns its name. */
export async function makeBucket(workshop: Workshop, objects: readonly ProbeObject[]): Promise<string> {
  const name = workshop.name();
  const { account, region } = workshop.place;
  const s3 = new S3Client({ ...workshop.settings, forcePathStyle: true });
  const of = { Bucket: name, ExpectedBucketOwner: account };
  const place = region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region as never } };
  await workshop.make(
    `bucket ${name}`,
    () => s3.send(new CreateBucketCommand({ Bucket: name, ...place })),
    async () => {
      for (const { key } of objects) await s3.send(new DeleteObjectCommand({ ...of, Key: key }));
      await s3.send(new DeleteBucketCommand(of));
    },
  );
  for (const { key, tag } of objects) {
    workshop.check();
    const tagging = tag === undefined ? {} : { Tagging: `${TAG}=${tag}` };
    await s3.send(new PutObjectCommand({ ...of, Key: key, Body: MARKER, ...tagging }));
  }
  return name;
}

/** Gives a bucket its tag. */
export async function tagBucket(workshop: Workshop, name: string, tag: string): Promise<void> {
  workshop.check();
  await new S3Client({ ...workshop.settings, forcePathStyle: true }).send(
    new PutBucketTaggingCommand({
      ...{ Bucket: name, ExpectedBucketOwner: workshop.place.account },
      Tagging: { TagSet: [{ Key: TAG, Value: tag }] },
    }),
  );
}

/** Switches a bucket's attribute-based access control on. */
export async function enableAbac(workshop: Workshop, name: string): Promise<void> {
  workshop.check();
  await new S3Client({ ...workshop.settings, forcePathStyle: true }).send(
    new PutBucketAbacCommand({
      ...{ Bucket: name, ExpectedBucketOwner: workshop.place.account },
      AbacStatus: { Status: "Enabled" },
    }),
  );
}
