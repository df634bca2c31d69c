import { ClientError } from "../exit-codes.ts";

/** Makes the error for a source without a token. The sentence must not quote what was read there. */
export const noIdentity = (sentence: string): ClientError => new ClientError("identity", "no_identity", sentence);
