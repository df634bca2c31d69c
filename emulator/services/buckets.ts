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
}

export interface Bucket {
  readonly name: string;
  readonly account: string;
  readonly createdAt: number;
  readonly policy?: PolicyDocument;
  readonly objects: Map<string, StoredObject>;
}

/** Buckets of all accounts, since their names are global. */
export class Buckets {
  readonly #byName = new Map<string, Bucket>();

  put(account: string, name: string, createdAt: number, policy?: PolicyDocument): Bucket {
    if (this.#byName.has(name)) throw new Error(`bucket ${name} exists already`);
    const bucket = { name, account, createdAt, objects: new Map(), ...(policy === undefined ? {} : { policy }) };
    this.#byName.set(name, bucket);
    return bucket;
  }

  find(name: string): Bucket | undefined {
    return this.#byName.get(name);
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
  lockedUntil = Number.NaN,
): StoredObject {
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  const lock = Number.isNaN(lockedUntil) ? {} : { lockedUntil };
  const stored = { body, etag, lastModified: now, headers, ...lock };
  bucket.objects.set(key, stored);
  return stored;
}
