/** Key of the newest checkpoint. */
export const CHECKPOINT = "checkpoint";

/** Folder of one checkpoint of each hour. */
export const CHECKPOINTS = "checkpoints";

/** Key of the first checkpoint of an hour. @param atMs epoch milliseconds. */
export const hourlyKey = (atMs: number): string => `${CHECKPOINTS}/${new Date(atMs).toISOString().slice(0, 13)}Z`;

/** Key of the verifier key, as a text that Go's `note` reads. Whoever verifies compares it with the one that was published elsewhere. */
export const VERIFIER_KEY = "verifier-key";

/** True for objects that never change: full tiles and bundles, facts, and hourly checkpoints. Object Lock keeps them. */
export const isFinal = (key: string): boolean => /^(tile|facts|checkpoints)\//.test(key) && !key.includes(".p/");
