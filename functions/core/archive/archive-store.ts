/** Object with the version that a replacement names. */
export interface VersionedObject {
  readonly body: Buffer;
  /** Entity tag of this version. */
  readonly etag: string;
  /** Moment at which the store took this version, by its own clock; epoch milliseconds. */
  readonly putAtMs: number;
}

/**
 * Most bytes of an object that is read. A batch has what the stream hands over, 6 MB, a full bundle 17 MB, and an order 8 MiB and a batch. A larger object is
 * not ours, and is read as an empty one, which is no batch, no order, no tile and no note.
 */
export const MOST_OBJECT_BYTES = 67_108_864;

/** Bucket that is read. */
export interface ObjectSource {
  read(key: string): Promise<VersionedObject | undefined>;
}

/** Bucket of the archive. Nothing in it is changed but the checkpoint, and nothing is removed but what has come in. */
export interface ArchiveStore extends ObjectSource {
  /** Puts an object if its key is free. @returns false where it is not. */
  putNew(key: string, body: Buffer): Promise<boolean>;
  /** Replaces one version of an object. @returns false where another version stands there. */
  replace(key: string, body: Buffer, etag: string): Promise<boolean>;
  /** Lists keys in order. @param most number of keys, at most 1,000. */
  list(prefix: string, most: number): Promise<readonly string[]>;
  /** Removes objects that have come in. A key without an object is none the worse. */
  remove(keys: readonly string[]): Promise<void>;
}

/** Key that signs checkpoints. */
export interface CheckpointSigner {
  /** Raw Ed25519 public key, 32 bytes. */
  publicKey(): Promise<Buffer>;
  /** @returns Ed25519 signature over the text, 64 bytes. */
  sign(text: string): Promise<Buffer>;
}
