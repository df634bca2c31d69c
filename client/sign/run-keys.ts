import { randomBytes } from "node:crypto";
import type { Credential } from "../task/held-task.ts";

/** Keys of one run. They prove only that a request comes from the command, and are good for nothing at AWS. */
export interface RunKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Makes keys of this run: they have the form of AWS's, and no AWS knows them. */
export const runKeys = (): RunKeys => ({
  accessKeyId: `VALETKEYRUN${randomBytes(6).toString("hex").toUpperCase().slice(0, 9)}`,
  secretAccessKey: randomBytes(30).toString("base64url"),
});

/** Time after which an SDK reads the keys again, which are the same; milliseconds. */
const READ_AGAIN_MS = 3_600_000;

/** Makes the keys' form of the container protocol. The protocol wants a session token: this one has no meaning. */
export const asCredential = ({ accessKeyId, secretAccessKey }: RunKeys): Credential => ({
  AccessKeyId: accessKeyId,
  SecretAccessKey: secretAccessKey,
  Token: "valetkey-signs",
  Expiration: new Date(Date.now() + READ_AGAIN_MS).toISOString(),
});
