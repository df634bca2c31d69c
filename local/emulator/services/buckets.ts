import { createHash } from "node:crypto";
import type { PolicyDocument } from "../policy-document.ts";

export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly lastModified: number;
  /** `content-type`, `x-amz-meta-*` and the like, returned unchanged. */
  readonly headers: Readonly<Record<string, string>>;
  /** End of the object's lock, epoch milliseconds; absent without a lock. */
  readonly lockedUntil?: number;
  /** ARN of the KMS key by which the object is encrypted; absent for S3's own key. */
  readonly kmsKey?: string;
  /** Tags of the object; absent for none. */
  readonly tags?: Tags;
}

type Tags = Readonly<Record<string, string>>;

export interface Bucket {
  readonly name: string;
  readonly account: string;
  readonly createdAt: number;
  readonly policy?: PolicyDocument;
  readonly objects: Map<string, StoredObject>;
  tags: Tags;
  /** True where attribute-based access control is on. Only then IAM sees the bucket's tags. */
  isAbac: boolean;
}

/** Buckets of all accounts, since their names are global. */
export class Buckets {
  readonly #byName = new Map<string, Bucket>();

  put(account: string, name: string, createdAt: number, policy?: PolicyDocument): Bucket {
    if (this.#byName.has(name)) throw new Error(`bucket ${name} exists already`);
    const of = { name, account, createdAt, objects: new Map(), tags: {}, isAbac: false };
    const bucket = { ...of, ...(policy === undefined ? {} : { policy }) };
    this.#byName.set(name, bucket);
    return bucket;
  }

  find(name: string): Bucket | undefined {
    return this.#byName.get(name);
  }

  remove(name: string): void {
    this.#byName.delete(name);
  }

  of(account: string): Bucket[] {
    return [...this.#byName.values()].filter((bucket) => bucket.account === account);
  }
}

/** Stores an object and returns it. */
export function storeObject(
  bucket: Bucket,
  key: string,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  now: number,
  properties: Pick<StoredObject, "lockedUntil" | "kmsKey" | "tags"> = {},
): StoredObject {
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  const stored = { body, etag, lastModified: now, headers, ...properties };
  bucket.objects.set(key, stored);
  return stored;
}
