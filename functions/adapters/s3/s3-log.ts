import type { AnchorPlace } from "../../core/archive/anchor.ts";
import type { ObjectSource, VersionedObject } from "../../core/archive/archive-store.ts";
import { Refusal, reasonOf } from "../../core/refusal.ts";
import { JOURNAL_BOUNDS, S3Archive } from "./s3-archive.ts";

/**
 * Bucket of a log, for a function that may read objects and not list them. S3 then answers AccessDenied for an object
 * that does not exist. AccessDenied therefore counts as absent, and a caller that needs the object must refuse.
 */
export class S3Log implements ObjectSource {
  readonly #bucket: S3Archive;

  /** @param place place of another account's bucket; the hub's own unless given. */
  constructor(bucket: string, place?: AnchorPlace) {
    this.#bucket = new S3Archive(bucket, { bounds: JOURNAL_BOUNDS, ...(place ? { place } : {}) });
  }

  /** @throws {Refusal} archive_unavailable. */
  async read(key: string): Promise<VersionedObject | undefined> {
    try {
      return await this.#bucket.read(key);
    } catch (error) {
      if (error instanceof Error && error.name === "AccessDenied") return undefined;
      throw new Refusal("archive_unavailable", { why: reasonOf(error), retryAfterSeconds: 5 });
    }
  }
}
