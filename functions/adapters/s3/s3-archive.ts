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

/** Object Lock for final objects of the archive. */
export interface ArchiveLock {
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  readonly days: number;
  readonly clock: Clock;
}

/** Bounds of a call: number of attempts, and the time of each; milliseconds. All attempts end before the function's time-out. */
export interface BucketBounds {
  readonly attempts: number;
  readonly attemptMs: number;
}

/** Bounds of `archive`, which has 55 s. */
const ARCHIVE_BOUNDS: BucketBounds = { attempts: 3, attemptMs: 10_000 };

/** Bounds of `collect`, which has 30 s. */
export const COLLECT_BOUNDS: BucketBounds = { attempts: 3, attemptMs: 8_000 };

/** Bounds of `journal`, which has 12 s and answers a person. */
export const JOURNAL_BOUNDS: BucketBounds = { attempts: 2, attemptMs: 4_000 };

/** Settings of a bucket. */
export interface BucketSettings {
  /** Lock for final objects; absent where nothing is locked. */
  readonly lock?: ArchiveLock;
  /** Region of another account's bucket, and the account that must own the bucket; absent for the hub's own bucket. */
  readonly place?: Pick<AnchorPlace, "account" | "region">;
  /** ARN of the KMS key that encrypts new objects; absent where S3's own key does. */
  readonly kmsKey?: string;
  /** Bounds of each call; those of `archive` unless given. */
  readonly bounds?: BucketBounds;
}

/** Archive in an S3 bucket. Conditional writes decide every race. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
export class S3Archive implements ArchiveStore {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #lock: ArchiveLock | undefined;
  readonly #owner: Pick<PutObjectCommandInput, "ExpectedBucketOwner">;
  readonly #always: Pick<PutObjectCommandInput, "ServerSideEncryption" | "SSEKMSKeyId">;

  constructor(bucket: string, { lock, place, kmsKey, bounds = ARCHIVE_BOUNDS }: BucketSettings = {}) {
    this.#s3 = new S3Client({
      maxAttempts: bounds.attempts,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: bounds.attemptMs, throwOnRequestTimeout: true },
      // With an endpoint, as on loopback, buckets are addressed by path: such a host has no names for buckets.
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
      // valetkey writes no object of a storage class that has to be restored first. An object of this kind reads as
      // empty, as one that is too large does.
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
          Bucket: this.#bucket,
          Key: key,
          Body: body,
          ...this.#owner,
          ...this.#always,
          ...condition,
          ...this.#lockOf(key),
        }),
      );
      return true;
    } catch (error) {
      // 412: another object exists. After a 409 the final object is unknown: this run fails, and the next one reads it.
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
