import { createHmac, randomBytes } from "node:crypto";
import type { Seals, Signet } from "../functions/core/seals/seals.ts";
import type { SealedKind } from "../functions/core/seals/signet.ts";
import { canonicalJson } from "../functions/core/text/canonical-json.ts";

/** Fake signet with a key that only this world has. Uses a MAC where the adapter signs, since tests of interleavings run thousands of times. */
export class FakeSignet implements Signet, Seals {
  readonly #key = randomBytes(32);
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
    const text = createHmac("sha256", this.#key)
      .update(`${kind}\n${canonicalJson(fields)}`)
      .digest("base64url");
    return `v1.fake.${text}`;
  }
}
