import { randomBytes } from "node:crypto";
import type { Seals, Signet } from "../../functions/core/ports.ts";
import { isSealedWith, type SealedKind, sealKeyIdOf, sealWith, signingKeyOf } from "../../functions/core/signet.ts";

/** Seals with a key that this world alone has. */
export class FakeSignet implements Signet, Seals {
  readonly #key = signingKeyOf(randomBytes(48).toString("base64url"));
  before: (method: string) => void | Promise<void> = () => undefined;

  async seal(kind: SealedKind, fields: object): Promise<string> {
    await this.before("seal");
    return sealWith(this.#key, kind, fields);
  }

  async isGenuine(kind: SealedKind, fields: object, seal: string | undefined): Promise<boolean> {
    await this.before("isGenuine");
    return seal !== undefined && sealKeyIdOf(seal) === this.#key.id && isSealedWith(this.#key, kind, fields, seal);
  }
}
