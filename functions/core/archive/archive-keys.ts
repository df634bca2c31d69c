/** Key of the newest checkpoint. */
export const CHECKPOINT = "checkpoint";

/** Folder of the hourly checkpoints: the first of each hour. */
export const CHECKPOINTS = "checkpoints";

/** Key of the first checkpoint of an hour. @param atMs epoch milliseconds. */
export const hourlyKey = (atMs: number): string => `${CHECKPOINTS}/${new Date(atMs).toISOString().slice(0, 13)}Z`;

/** Folder of the tokens by which people signed. Each token is the proof of a vote, an act or a review. */
export const PROOFS = "proofs";

/**
 * Key of the object that contains a token and nothing else, so that its name proves its content.
 * @param sha256 SHA-256 of the token, base64url.
 */
export const proofKey = (sha256: string): string => `${PROOFS}/${sha256}`;

/**
 * Key of the verifier key, as a text that Go's `note` reads. Verifiers compare it with the key that was published
 * elsewhere.
 */
export const VERIFIER_KEY = "verifier-key";

/**
 * True for objects that never change: full tiles and bundles, facts, and hourly checkpoints. Object Lock retains them.
 */
export const isFinal = (key: string): boolean => /^(tile|facts|checkpoints)\//.test(key) && !key.includes(".p/");

/** Upper bound on the events of an incoming object: one batch of the stream for the collector. */
export const MOST_COLLECTED = 1_000;
