import type { SealedKind } from "./record-key.ts";

/** Verifies seals, by keys that the exchange alone can have published. */
export interface Seals {
  /**
   * Verifies the exchange's seal over exactly these fields, as a record of that kind, with a key that is still valid.
   * @throws {Refusal} store_unavailable where the keys cannot be read.
   */
  isGenuine(kind: SealedKind, fields: object, seal: string | undefined): Promise<boolean>;
}

/** Makes seals. */
export interface RecordKey {
  /** Seals the fields as a record of that kind. @throws {Refusal} store_unavailable where the key cannot be read. */
  seal(kind: SealedKind, fields: object): Promise<string>;
}
