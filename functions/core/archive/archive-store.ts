/** Object with its version, which a replacement names. */
export interface VersionedObject {
  readonly body: Buffer;
  /** Entity tag of this version. */
  readonly etag: string;
  /** Moment at which the store took this version, by its own clock; epoch milliseconds. */
  readonly putAtMs: number;
}

/**
 * Upper bound on the bytes of an object that is read. A batch has up to 6 MB, as the stream delivers it; a full bundle
 * 17 MB; an order 8 MiB and one batch. A larger object was not written by this code, and is read as empty: no batch, no
 * order, no tile and no note.
 */
export const MOST_OBJECT_BYTES = 67_108_864;

/** Bucket for reading. */
export interface ObjectSource {
  read(key: string): Promise<VersionedObject | undefined>;
}

/** Bucket of the archive. Only the checkpoint is ever replaced, and only incoming batches are removed. */
export interface ArchiveStore extends ObjectSource {
  /** Puts an object if its key is free. @returns false where it is not. */
  putNew(key: string, body: Buffer): Promise<boolean>;
  /** Replaces one version of an object. @returns false where the object has another version. */
  replace(key: string, body: Buffer, etag: string): Promise<boolean>;
  /** Lists keys in order. @param most number of keys, at most 1,000. */
  list(prefix: string, most: number): Promise<readonly string[]>;
  /** Removes incoming batches. A key without an object is no error. */
  remove(keys: readonly string[]): Promise<void>;
}

/** Key that signs checkpoints. */
export interface CheckpointSigner {
  /** Raw Ed25519 public key, 32 bytes. */
  publicKey(): Promise<Buffer>;
  /** @returns Ed25519 signature over the text, 64 bytes. */
  sign(text: string): Promise<Buffer>;
}
