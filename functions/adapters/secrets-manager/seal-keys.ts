import { Refusal, reasonOf } from "../../core/refusal.ts";
import { isSealedWith, type SealedKind, type SealKey, type SigningKey, sealKeyIdOf } from "../../core/seals/signet.ts";

/** The keys whose seals are good at this moment: two during a change, and one otherwise. */
export interface GoodKeys {
  readonly good: readonly SealKey[];
  /** The key that seals; only the function that seals has it. */
  readonly signing?: SigningKey;
}

/** How long a process uses the keys that it read; milliseconds. A key that was taken out of use is believed for at most as long. */
const FRESH_MS = 300_000;

/** How long it goes on using them where they cannot be read again; milliseconds. */
const STALE_MS = 900_000;

/** Shortest time between two reads of the keys for the sake of an unknown key; milliseconds. */
const AGAIN_MS = 1_000;

/** The good keys as this process last read them. */
export class SealKeys {
  readonly #load: () => Promise<GoodKeys>;
  readonly #nowMs: () => number;
  #known: { readonly keys: GoodKeys; readonly readAtMs: number } | undefined;
  #loading: Promise<GoodKeys> | undefined;

  constructor(load: () => Promise<GoodKeys>, nowMs: () => number) {
    this.#load = load;
    this.#nowMs = nowMs;
  }

  /** @throws {Refusal} store_unavailable where they cannot be read, and were read too long ago. */
  async current(): Promise<GoodKeys> {
    if (this.#known && this.#ageMs() < FRESH_MS) return this.#known.keys;
    try {
      return await this.#reload();
    } catch (error) {
      if (this.#known && this.#ageMs() < STALE_MS) return this.#known.keys;
      throw unavailable(error);
    }
  }

  /** A seal by an unknown key has the keys read again: it may have been made since. @throws {Refusal} store_unavailable. */
  async isGenuine(kind: SealedKind, fields: object, seal: string | undefined): Promise<boolean> {
    const id = seal === undefined ? undefined : sealKeyIdOf(seal);
    if (seal === undefined || id === undefined) return false;
    const key = (await this.current()).good.find((each) => each.id === id) ?? (await this.#newer(id));
    return key !== undefined && isSealedWith(key, kind, fields, seal);
  }

  async #newer(id: string): Promise<SealKey | undefined> {
    // Who writes forged records must not so have the keys read at every request.
    if (this.#ageMs() < AGAIN_MS) return undefined;
    try {
      return (await this.#reload()).good.find((each) => each.id === id);
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Once for all who wait for it. */
  #reload(): Promise<GoodKeys> {
    this.#loading ??= this.#load()
      .then((keys) => {
        this.#known = { keys, readAtMs: this.#nowMs() };
        return keys;
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  #ageMs(): number {
    return this.#nowMs() - (this.#known?.readAtMs ?? 0);
  }
}

const unavailable = (error: unknown): Refusal =>
  new Refusal("store_unavailable", { why: `seal key: ${reasonOf(error)}`, retryAfterSeconds: 1 });
