import { createHash } from "node:crypto";
import type { PolicyDocument } from "../policy-document.ts";

export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly lastModified: number;
  /** `content-type`, `x-amz-meta-*` and the like, given back as they came. */
  readonly headers: Readonly<Record<string, string>>;
  /** Time until which the object is locked, epoch milliseconds; absent where it is not. */
  readonly lockedUntil?: number;
  /** Key of KMS that the object is encrypted with, as an ARN; absent where it is encrypted with S3's own. */
  readonly kmsKey?: string;
  /** Tags of the object; none where absent. */
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
  /** True where attribute-based access control is on: IAM is told the bucket's tags then, and only then. */
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

/** Stores the object and gives back what was stored. */
export function storeObject(
  bucket: Bucket,
  key: string,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  now: number,
  kept: Pick<StoredObject, "lockedUntil" | "kmsKey" | "tags"> = {},
): StoredObject {
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  const stored = { body, etag, lastModified: now, headers, ...kept };
  bucket.objects.set(key, stored);
  return stored;
}
