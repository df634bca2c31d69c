import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from "@aws-sdk/client-s3";
import type { AnchorPlace } from "../../core/archive/anchor.ts";
import { isFinal } from "../../core/archive/archive-keys.ts";
import { type ArchiveStore, MOST_OBJECT_BYTES, type VersionedObject } from "../../core/archive/archive-store.ts";
import type { Clock } from "../../core/ports.ts";

/** Object Lock of what is final in the archive. */
export interface ArchiveLock {
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  readonly days: number;
  readonly clock: Clock;
}

/** Time-outs of one call; milliseconds. */
const HTTP = { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true } as const;

/** Settings of a bucket. */
export interface BucketSettings {
  /** Lock for what is final; without it, nothing is locked. */
  readonly lock?: ArchiveLock;
  /** Another account's bucket: its Region, and the account that must own it. */
  readonly place?: Pick<AnchorPlace, "account" | "region">;
  /** ARN of the key of KMS that encrypts what is put; without it, S3's own does. */
  readonly kmsKey?: string;
}

/** Archive in an S3 bucket. Conditional writes decide every race. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
export class S3Archive implements ArchiveStore {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #lock: ArchiveLock | undefined;
  readonly #owner: Pick<PutObjectCommandInput, "ExpectedBucketOwner">;
  readonly #always: Pick<PutObjectCommandInput, "ServerSideEncryption" | "SSEKMSKeyId">;

  constructor(bucket: string, { lock, place, kmsKey }: BucketSettings = {}) {
    this.#s3 = new S3Client({
      maxAttempts: 3,
      requestHandler: HTTP,
      // Addressed by the path where an endpoint is given, as on loopback, which has no names for buckets.
      forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined,
      ...(place ? { region: place.region } : {}),
    });
    this.#bucket = bucket;
    this.#lock = lock;
    this.#owner = place ? { ExpectedBucketOwner: place.account } : {};
    this.#always = kmsKey === undefined ? {} : { ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKey };
  }

  async read(key: string): Promise<VersionedObject | undefined> {
    try {
      const got = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key, ...this.#owner }));
      const { Body: body, ETag: etag = "", LastModified: putAt, ContentLength: length = 0 } = got;
      const isOurs = length <= MOST_OBJECT_BYTES;
      if (!isOurs && body instanceof Readable) body.destroy();
      const bytes = isOurs ? await body?.transformToByteArray() : undefined;
      return { body: Buffer.from(bytes ?? []), etag, putAtMs: putAt?.getTime() ?? 0 };
    } catch (error) {
      if (nameOf(error) === "NoSuchKey") return undefined;
      // An object of a storage class that has to be restored first is not ours: read as an empty one, as an object that is too large.
      if (nameOf(error) === "InvalidObjectState") return { body: Buffer.alloc(0), etag: "", putAtMs: 0 };
      throw error;
    }
  }

  putNew(key: string, body: Buffer): Promise<boolean> {
    return this.#put(key, body, { IfNoneMatch: "*" });
  }

  replace(key: string, body: Buffer, etag: string): Promise<boolean> {
    return this.#put(key, body, { IfMatch: etag });
  }

  async list(prefix: string, most: number): Promise<readonly string[]> {
    const { Contents: contents = [] } = await this.#s3.send(
      new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, MaxKeys: most }),
    );
    return contents.flatMap(({ Key: key }) => (key === undefined ? [] : [key]));
  }

  async remove(keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }))));
  }

  async #put(key: string, body: Buffer, condition: Partial<PutObjectCommandInput>): Promise<boolean> {
    try {
      await this.#s3.send(
        new PutObjectCommand({
          ...{ Bucket: this.#bucket, Key: key, Body: body },
          ...{ ...this.#owner, ...this.#always, ...condition, ...this.#lockOf(key) },
        }),
      );
      return true;
    } catch (error) {
      // 412: another object is there. A 409 says nothing of what will be there: the run fails, and the next one finds it.
      if (nameOf(error) === "PreconditionFailed") return false;
      throw error;
    }
  }

  #lockOf(key: string): Partial<PutObjectCommandInput> {
    if (!this.#lock || !isFinal(key)) return {};
    const { mode, days, clock } = this.#lock;
    return {
      ObjectLockMode: mode,
      ObjectLockRetainUntilDate: new Date(clock.nowMs() + days * 86_400_000),
    };
  }
}

const nameOf = (error: unknown): string | undefined => (error instanceof Error ? error.name : undefined);
