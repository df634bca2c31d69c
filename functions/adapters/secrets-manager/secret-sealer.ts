import { randomBytes } from "node:crypto";
import type { Sealer } from "../../core/connectors/connector.ts";
import { Refusal } from "../../core/refusal.ts";
import { keyIdOf, type SealingKey, seal, unseal } from "../../core/seals/seal.ts";
import { TimedCache } from "../memory/timed-cache.ts";

/** Reads a version of the sealing key (32 bytes as base64url); the current one unless a version is named. */
export type ReadSealingKey = (versionId?: string) => Promise<{ readonly text: string; readonly versionId: string }>;

/**
 * Time for which a process caches a key; milliseconds. A rotated key still seals for at most that time, and its texts
 * can still be opened.
 */
const KEPT_MS = 300_000;

/** Sealer with a key from Secrets Manager. Texts sealed before a rotation can be opened as long as that version exists. */
export class SecretSealer implements Sealer {
  readonly #read: ReadSealingKey;
  readonly #keys: TimedCache<SealingKey>;

  constructor(read: ReadSealingKey, nowMs: () => number) {
    this.#read = read;
    this.#keys = new TimedCache(KEPT_MS, 10, nowMs);
  }

  async seal(plain: string, context: string): Promise<string> {
    return seal(plain, context, await this.#key(), randomBytes(12));
  }

  async open(sealed: string, context: string): Promise<string> {
    const id = keyIdOf(sealed);
    if (id === undefined) throw new RangeError("not a sealed text");
    return unseal(sealed, context, await this.#key(id));
  }

  async #key(id?: string): Promise<SealingKey> {
    const known = this.#keys.find(id ?? "current");
    if (known) return known;
    const { text, versionId } = await this.#read(id);
    const key = { id: versionId, bytes: Buffer.from(text, "base64url") };
    if (key.bytes.length !== 32) throw new Refusal("connector_refused", { why: "the sealing key is not 32 bytes" });
    this.#keys.keep(id ?? "current", key);
    return key;
  }
}
