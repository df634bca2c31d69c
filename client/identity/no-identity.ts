import { ClientError } from "../exit-codes.ts";

/** There is no token where one was said to be. The sentence never quotes what was read there. */
export const noIdentity = (sentence: string): ClientError => new ClientError("identity", "no_identity", sentence);
