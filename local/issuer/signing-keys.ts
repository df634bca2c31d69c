import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from "jose";

export type SigningAlg = "ES256" | "RS256";

export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/**
 * Keys of one issuer: those that sign, and those in the JWKS. A withdrawn key can still sign, so that tests can see its
 * tokens refused.
 */
export class SigningKeys {
  readonly #all: SigningKey[] = [];
  readonly #withdrawn = new Set<string>();
  #made = 0;

  /** Adds a key, which signs from now on. Earlier keys stay in the JWKS. */
  async add(alg: SigningAlg, extractable = false): Promise<SigningKey> {
    this.#made += 1;
    const kid = `${alg.toLowerCase()}-${this.#made}`;
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable });
    const key = { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
    this.#all.push(key);
    return key;
  }

  /** Removes a key from the JWKS. */
  withdraw(kid: string): void {
    if (!this.#all.some((key) => key.kid === kid)) throw new Error(`the issuer has no key ${kid}`);
    this.#withdrawn.add(kid);
  }

  /** Returns the newest key of the algorithm that was not withdrawn. */
  current(alg: SigningAlg): SigningKey {
    const key = this.#all.findLast((candidate) => candidate.alg === alg && !this.#withdrawn.has(candidate.kid));
    if (!key) throw new Error(`the issuer has no ${alg} key left: rotate() makes one`);
    return key;
  }

  named(kid: string): SigningKey | undefined {
    return this.#all.find((key) => key.kid === kid);
  }

  jwks(): { keys: JWK[] } {
    return { keys: this.#all.filter((key) => !this.#withdrawn.has(key.kid)).map((key) => key.publicJwk) };
  }
}
