/** Entry of an object's list of versions in a bucket of S3. */
export interface Entry {
  readonly id: string;
  /** Content; undefined for a delete marker. */
  readonly content: string | undefined;
  /** Epoch seconds. */
  readonly at: number;
  readonly by: string;
}

/**
 * Bucket of S3 with versions, after the pages on versioning in the user guide of S3
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html). Knows nothing of ledgers or plans.
 */
export class VersionedBucket {
  readonly #objects = new Map<string, Entry[]>();
  #serial = 0;
  /** False while versioning is suspended. */
  isVersioning = true;

  /** Lists an object's entries, the newest first. */
  list(key: string): readonly Entry[] {
    return (this.#objects.get(key) ?? []).toReversed();
  }

  /** Reads an object as `GetObject` does; undefined where there is none. */
  get(key: string, id?: string): string | undefined {
    const entries = this.list(key);
    return (id === undefined ? entries[0] : entries.find((entry) => entry.id === id))?.content;
  }

  /** Writes an object. @returns the id of the version. */
  put(key: string, content: string, at: number, by: string): string {
    return this.#add(key, content, at, by);
  }

  /** Deletes an object as `DeleteObject` does without a version. @returns the id of the delete marker. */
  delete(key: string, at: number, by: string): string {
    return this.#add(key, undefined, at, by);
  }

  /** Removes a version or a delete marker for good. */
  remove(key: string, id: string): void {
    const entries = this.#objects.get(key) ?? [];
    this.#objects.set(
      key,
      entries.filter((entry) => entry.id !== id),
    );
  }

  #add(key: string, content: string | undefined, at: number, by: string): string {
    this.#serial += 1;
    const id = this.isVersioning ? `v${this.#serial}` : "null";
    const entries = this.#objects.get(key) ?? [];
    // Without versioning, a write takes the place of the version that has no id.
    const kept = this.isVersioning ? entries : entries.filter((entry) => entry.id !== "null");
    this.#objects.set(key, [...kept, { id, content, at, by }]);
    return id;
  }
}
