import { type SealedKind, sealWith, signingKeyOf } from "../../core/seals/record-key.ts";
import type { RecordKey, Seals } from "../../core/seals/seals.ts";
import { type GoodKeys, SealKeys } from "./seal-keys.ts";

/** Stage of the record key's secret: the key in use, or the previous one. */
export type KeyStage = "AWSCURRENT" | "AWSPREVIOUS";

/** Reads the text at a stage of the record key's secret; undefined where no version has that stage. */
export type ReadKeyText = (stage: KeyStage) => Promise<string | undefined>;

/** Public halves of the good keys, for the functions that only verify. */
export interface PublishedKeys {
  /** Reads the public keys' texts; undefined before the first was published. */
  read(): Promise<readonly string[] | undefined>;
  publish(texts: readonly string[]): Promise<void>;
}

/**
 * Record key, in a secret that only the exchange can read. Publishes the public keys that verify its seals:
 * those of the current and of the previous key.
 */
export class SecretRecordKey implements RecordKey, Seals {
  readonly #keys: SealKeys;

  constructor(read: ReadKeyText, published: PublishedKeys, nowMs: () => number) {
    this.#keys = new SealKeys(() => load(read, published), nowMs);
  }

  /** Starts to read the key before it is needed. Ignores a failure, which the next use would meet again. */
  warm(): void {
    this.#keys.current().catch(() => undefined);
  }

  async seal(kind: SealedKind, fields: object): Promise<string> {
    const { signing } = await this.#keys.current();
    if (!signing) throw new RangeError("the record key has no half that signs");
    return sealWith(signing, kind, fields);
  }

  isGenuine(kind: SealedKind, fields: object, seal: string | undefined): Promise<boolean> {
    return this.#keys.isGenuine(kind, fields, seal);
  }
}

async function load(read: ReadKeyText, published: PublishedKeys): Promise<GoodKeys> {
  const [current, previous, known] = await Promise.all([read("AWSCURRENT"), read("AWSPREVIOUS"), published.read()]);
  if (current === undefined) throw new RangeError("there is no record key");
  const good = [current, ...(previous === undefined ? [] : [previous])].map(signingKeyOf);
  const texts = good.map(({ text }) => text);
  // Publishes a key before it seals anything, so that every seal can be verified.
  if (JSON.stringify(known) !== JSON.stringify(texts)) await published.publish(texts);
  const [signing] = good;
  return { good, ...(signing ? { signing } : {}) };
}
