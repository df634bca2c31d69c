import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";

/** Times of a set of keys; milliseconds. */
export interface Times {
  /** Time for which keys are cached. */
  readonly keysMs: number;
  /** Shortest time between two reads that an unknown `kid` causes. */
  readonly coolDownMs: number;
}

/**
 * Makes a key set that is read again when it is old, and when a token names an unknown key; one read at a time.
 * `createRemoteJWKSet` of jose does the same, but loads undici for its `Headers`.
 * @param read reads the set; its errors reach the caller, and the next token reads again.
 */
export function remoteKeys(read: () => Promise<JSONWebKeySet>, nowMs: () => number, times: Times): JWTVerifyGetKey {
  let held: { readonly keys: JWTVerifyGetKey; readonly readMs: number } | undefined;
  let reading: Promise<JWTVerifyGetKey> | undefined;
  const reread = (): Promise<JWTVerifyGetKey> => {
    reading ??= read()
      .then((set) => {
        const keys = createLocalJWKSet(set);
        held = { keys, readMs: nowMs() };
        return keys;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  const isYounger = (ms: number): boolean => held !== undefined && nowMs() < held.readMs + ms;
  return async (header, token) => {
    const keys = held && isYounger(times.keysMs) ? held.keys : await reread();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || isYounger(times.coolDownMs)) throw error;
      return (await reread())(header, token);
    }
  };
}
