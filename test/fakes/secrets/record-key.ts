import { hash } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import type { SealedKind } from "../../../functions/core/seals/record-key.ts";
import type { RecordKey, Seals } from "../../../functions/core/seals/seals.ts";
import { pooledBytes } from "../world/pooled-bytes.ts";

/**
 * Fake record key with a key of its own world. The adapter signs; this one hashes with the key, since tests of
 * interleavings run thousands of times.
 */
export class FakeRecordKey implements RecordKey, Seals {
  readonly #key = Buffer.from(pooledBytes(32)).toString("hex");
  before: (method: string) => void | Promise<void> = () => undefined;

  async seal(kind: SealedKind, fields: object): Promise<string> {
    await this.before("seal");
    return this.#seal(kind, fields);
  }

  async isGenuine(kind: SealedKind, fields: object, seal: string | undefined): Promise<boolean> {
    await this.before("isGenuine");
    return seal === this.#seal(kind, fields);
  }

  #seal(kind: SealedKind, fields: object): string {
    return `v1.fake.${hash("sha256", `${this.#key}\n${kind}\n${canonicalJson(fields)}`, "base64url")}`;
  }
}
