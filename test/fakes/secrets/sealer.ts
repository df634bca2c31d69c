import { randomBytes } from "node:crypto";
import type { Sealer } from "../../../functions/core/connectors/connector.ts";
import { keyIdOf, seal, unseal } from "../../../functions/core/seals/seal.ts";

/** Fake sealer with a random key. */
export class FakeSealer implements Sealer {
  readonly #key = { id: "fake", bytes: randomBytes(32) };
  before: (method: string) => void | Promise<void> = () => undefined;

  async seal(plain: string, context: string): Promise<string> {
    await this.before("seal");
    return seal(plain, context, this.#key, randomBytes(12));
  }

  async open(sealed: string, context: string): Promise<string> {
    await this.before("open");
    if (keyIdOf(sealed) === undefined) throw new RangeError("not a sealed text");
    return unseal(sealed, context, this.#key);
  }
}
