import { Refusal, reasonOf } from "../../core/refusal.ts";
import {
  isSealedWith,
  type SealedKind,
  type SealKey,
  type SigningKey,
  sealKeyIdOf,
} from "../../core/seals/record-key.ts";

/** Keys whose seals verify now: two after a rotation of the key, otherwise one. */
export interface GoodKeys {
  readonly good: readonly SealKey[];
  /** Key that seals; present only in the function that seals. */
  readonly signing?: SigningKey;
}

/**
 * Time for which a process uses keys before it reads them again; milliseconds. A removed key still verifies for at most
 * that time.
 */
const FRESH_MS = 300_000;

/** Time for which a process uses keys while a new read fails; milliseconds. */
const STALE_MS = 900_000;

/** Shortest time between two reads because of unknown keys; milliseconds. */
const AGAIN_MS = 1_000;

/** Cache of the good keys. */
export class SealKeys {
  readonly #load: () => Promise<GoodKeys>;
  readonly #nowMs: () => number;
  #known: { readonly keys: GoodKeys; readonly readAtMs: number } | undefined;
  #loading: Promise<GoodKeys> | undefined;

  constructor(load: () => Promise<GoodKeys>, nowMs: () => number) {
    this.#load = load;
    this.#nowMs = nowMs;
  }

  /** Returns the good keys. @throws {Refusal} store_unavailable where they cannot be read, and were read too long ago. */
  async current(): Promise<GoodKeys> {
    if (this.#known && this.#ageMs() < FRESH_MS) return this.#known.keys;
    try {
      return await this.#reload();
    } catch (error) {
      if (this.#known && this.#ageMs() < STALE_MS) return this.#known.keys;
      throw unavailable(error);
    }
  }

  /** Verifies a seal. Reads the keys again for a seal by an unknown key, which may be new. @throws {Refusal} store_unavailable. */
  async isGenuine(kind: SealedKind, fields: object, seal: string | undefined): Promise<boolean> {
    const id = seal === undefined ? undefined : sealKeyIdOf(seal);
    if (seal === undefined || id === undefined) return false;
    const key = (await this.current()).good.find((each) => each.id === id) ?? (await this.#newer(id));
    return key !== undefined && isSealedWith(key, kind, fields, seal);
  }

  async #newer(id: string): Promise<SealKey | undefined> {
    // Forged records must not cause a read of the keys at every request.
    if (this.#ageMs() < AGAIN_MS) return undefined;
    try {
      return (await this.#reload()).good.find((each) => each.id === id);
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Reads the keys once for all concurrent callers. */
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
