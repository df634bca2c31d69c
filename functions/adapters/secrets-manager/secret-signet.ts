import type { Seals, Signet } from "../../core/seals/seals.ts";
import { type SealedKind, sealWith, signingKeyOf } from "../../core/seals/signet.ts";
import { type GoodKeys, SealKeys } from "./seal-keys.ts";

/** A stage of the secret that holds the sealing key: the one in use, and the one before it. */
export type KeyStage = "AWSCURRENT" | "AWSPREVIOUS";

/** The text at a stage of that secret, or nothing where no version stands there. */
export type ReadKeyText = (stage: KeyStage) => Promise<string | undefined>;

/** The public halves of the good keys, for whoever verifies. */
export interface PublishedKeys {
  /** Their texts, or nothing before the first was published. */
  read(): Promise<readonly string[] | undefined>;
  publish(texts: readonly string[]): Promise<void>;
}

/** Seals with the key of a secret that the exchange alone can read, and publishes what verifies it. The key before the last one is good no more. */
export class SecretSignet implements Signet, Seals {
  readonly #keys: SealKeys;

  constructor(read: ReadKeyText, published: PublishedKeys, nowMs: () => number) {
    this.#keys = new SealKeys(() => load(read, published), nowMs);
  }

  /** Reads the key before anybody waits for it. What fails here fails again when it is needed. */
  warm(): void {
    this.#keys.current().catch(() => undefined);
  }

  async seal(kind: SealedKind, fields: object): Promise<string> {
    const { signing } = await this.#keys.current();
    if (!signing) throw new RangeError("a signet without a key");
    return sealWith(signing, kind, fields);
  }

  isGenuine(kind: SealedKind, fields: object, seal: string | undefined): Promise<boolean> {
    return this.#keys.isGenuine(kind, fields, seal);
  }
}

async function load(read: ReadKeyText, published: PublishedKeys): Promise<GoodKeys> {
  const [current, previous, known] = await Promise.all([read("AWSCURRENT"), read("AWSPREVIOUS"), published.read()]);
  if (current === undefined) throw new RangeError("there is no sealing key");
  const good = [current, ...(previous === undefined ? [] : [previous])].map(signingKeyOf);
  const texts = good.map(({ text }) => text);
  // Before anything is sealed with it, so that nobody meets a seal that cannot be verified.
  if (JSON.stringify(known) !== JSON.stringify(texts)) await published.publish(texts);
  const [signing] = good;
  return { good, ...(signing ? { signing } : {}) };
}
