import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { ArchiveStore, CheckpointSigner, VersionedObject } from "../../../functions/core/archive/archive-store.ts";

/** Bucket in memory. `onWrite` runs before each write, so that a test can stop an integrator between two writes. */
export class FakeArchive implements ArchiveStore {
  readonly objects = new Map<string, Buffer>();
  onWrite: (key: string) => void = () => undefined;
  /** Runs before each read, so that a test can make reads fail. */
  onRead: (key: string) => void = () => undefined;
  /** Moment at which every object was put; epoch milliseconds. */
  putAtMs = 0;

  async read(key: string): Promise<VersionedObject | undefined> {
    this.onRead(key);
    const body = this.objects.get(key);
    return body && { body, etag: etagOf(body), putAtMs: this.putAtMs };
  }

  async putNew(key: string, body: Buffer): Promise<boolean> {
    this.onWrite(key);
    if (this.objects.has(key)) return false;
    this.objects.set(key, body);
    return true;
  }

  async replace(key: string, body: Buffer, etag: string): Promise<boolean> {
    this.onWrite(key);
    const current = this.objects.get(key);
    if (!current || etagOf(current) !== etag) return false;
    this.objects.set(key, body);
    return true;
  }

  async list(prefix: string, most: number): Promise<readonly string[]> {
    return [...this.objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort()
      .slice(0, most);
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.onWrite(key);
      this.objects.delete(key);
    }
  }
}

const etagOf = (body: Buffer): string => createHash("md5").update(body).digest("hex");

/** Signer with a key in memory. */
export function fakeSigner(): CheckpointSigner {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  return {
    publicKey: async () => raw,
    sign: async (text) => sign(null, Buffer.from(text), privateKey),
  };
}
