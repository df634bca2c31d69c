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

/** Names a bucket of the workshop, and the account that must own it: all accounts share the names of buckets. */
export const ownBucket = ({ place }: Workshop, name: string) =>
  ({ Bucket: name, ExpectedBucketOwner: place.account }) as const;

/** Makes a bucket with objects. @returns its name. */
export async function makeBucket(workshop: Workshop, objects: readonly ProbeObject[]): Promise<string> {
  const name = workshop.name();
  const { region } = workshop.place;
  const s3 = new S3Client({ ...workshop.settings, forcePathStyle: true });
  const of = ownBucket(workshop, name);
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
      ...ownBucket(workshop, name),
      Tagging: { TagSet: [{ Key: TAG, Value: tag }] },
    }),
  );
}

/** Switches a bucket's attribute-based access control on. */
export async function enableAbac(workshop: Workshop, name: string): Promise<void> {
  workshop.check();
  await new S3Client({ ...workshop.settings, forcePathStyle: true }).send(
    new PutBucketAbacCommand({
      ...ownBucket(workshop, name),
      AbacStatus: { Status: "Enabled" },
    }),
  );
}
