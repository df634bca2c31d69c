import { generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import type { PolicyDocument } from "../policy-document.ts";

/** Asymmetric key of KMS that signs. The private key never leaves KMS. */
export interface SigningKey {
  readonly id: string;
  readonly account: string;
  /** `alias/name` */
  readonly alias: string;
  readonly policy: PolicyDocument;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Ed25519 keys of all accounts. */
export class SigningKeys {
  readonly #keys: SigningKey[] = [];

  create(account: string, alias: string, policy: PolicyDocument): SigningKey {
    const key = { id: randomUUID(), account, alias, policy, ...generateKeyPairSync("ed25519") };
    this.#keys.push(key);
    return key;
  }

  /** Finds a key by its id or alias. */
  find(account: string, name: string): SigningKey | undefined {
    return this.#keys.find((key) => key.account === account && (key.id === name || key.alias === name));
  }
}
