import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";
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

const ALGORITHM = "AWS4-HMAC-SHA256";

/**
 * Signs requests of one AWS service by Signature Version 4, with the credentials of this function's role. AWS refuses a
 * wrong signature, so a mistake here grants nothing. A signature takes a quarter of the CPU time of the SDK's signer,
 * and a test compares the two (docs/decisions/0062-a-vend-with-less-around-it.md). Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
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
    const moment = new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, "");
    const scope = `${moment.slice(0, 8)}/${this.#region}/${this.#service}/aws4_request`;
    const signed: Record<string, string> = { ...headers, "x-amz-date": moment };
    if (keys.sessionToken !== undefined) signed["x-amz-security-token"] = keys.sessionToken;
    const names = Object.keys(signed).sort();
    const lines = names.map((name) => `${name}:${signed[name]}\n`).join("");
    const canonical = `${method}\n/\n\n${lines}\n${names.join(";")}\n${hash("sha256", body)}`;
    const text = `${ALGORITHM}\n${moment}\n${scope}\n${hash("sha256", canonical)}`;
    const signature = createHmac("sha256", this.#keyOf(moment.slice(0, 8), keys))
      .update(text)
      .digest("hex");
    const credential = `Credential=${keys.accessKeyId}/${scope}`;
    signed.authorization = `${ALGORITHM} ${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
    return signed;
  }

  #keyOf(day: string, { secretAccessKey: secret }: EnvironmentKeys): KeyObject {
    if (this.#derived?.day === day && this.#derived.secret === secret) return this.#derived.key;
    const parts = [day, this.#region, this.#service, "aws4_request"];
    const bytes = parts.reduce(
      (key, part) => createHmac("sha256", key).update(part).digest(),
      Buffer.from(`AWS4${secret}`),
    );
    const key = createSecretKey(bytes);
    this.#derived = { day, secret, key };
    return key;
  }
}
