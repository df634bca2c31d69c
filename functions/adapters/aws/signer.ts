import { hash, type KeyObject } from "node:crypto";
import { authorizationOf, momentOf, type SignatureScope, signingKey } from "../../core/signing/signature.ts";
import { type EnvironmentKeys, environmentKeys } from "./environment-keys.ts";

type Headers = Readonly<Record<string, string>>;

/** Request to sign, with the path `/` and without a query. */
export interface Unsigned {
  readonly method: "GET" | "POST";
  /**
   * All headers of the request but `content-length`. Names are in lower case; values have no spaces at their ends and
   * no two spaces in a row.
   */
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Signs requests of one AWS service by Signature Version 4, with the credentials of this function's role. AWS refuses a
 * wrong signature, so a mistake here grants nothing. A signature takes a quarter of the CPU time of the SDK's signer,
 * and a test compares the two (docs/decisions/0062-a-vend-with-less-around-it.md).
 */
export class Signer {
  readonly #service: string;
  readonly #region: string;
  /** Key of a day, with the secret from which it was derived. */
  #derived: { readonly day: string; readonly secret: string; readonly key: KeyObject } | undefined;

  constructor(service: string, region: string) {
    this.#service = service;
    this.#region = region;
  }

  /** Returns the headers with those of the signature. @param atMs time of the signature; epoch milliseconds. */
  sign({ method, headers, body }: Unsigned, atMs: number): Headers {
    const keys = environmentKeys();
    const moment = momentOf(atMs);
    const scope = { day: moment.slice(0, 8), region: this.#region, service: this.#service };
    const signed: Record<string, string> = { ...headers, "x-amz-date": moment };
    if (keys.sessionToken !== undefined) signed["x-amz-security-token"] = keys.sessionToken;
    const names = Object.keys(signed).sort();
    const lines = names.map((name) => `${name}:${signed[name]}\n`).join("");
    const signedHeaders = names.join(";");
    const canonical = `${method}\n/\n\n${lines}\n${signedHeaders}\n${hash("sha256", body)}`;
    const { accessKeyId } = keys;
    const key = this.#keyOf(scope, keys);
    signed.authorization = authorizationOf({ canonical, signedHeaders, moment, scope, accessKeyId, key });
    return signed;
  }

  #keyOf(scope: SignatureScope, { secretAccessKey: secret }: EnvironmentKeys): KeyObject {
    const { day } = scope;
    if (this.#derived?.day === day && this.#derived.secret === secret) return this.#derived.key;
    const key = signingKey(secret, scope);
    this.#derived = { day, secret, key };
    return key;
  }
}
