import { createHash } from "node:crypto";
import type { Random } from "../../functions/core/random.ts";

/** Returns the same bytes each time for the same seed, for runs that must be repeated exactly. */
export function seededRandom(seed: string): Random {
  let count = 0;
  const block = (): Buffer => {
    count += 1;
    return createHash("sha512").update(`${seed} ${count}`).digest();
  };
  return {
    bytes: (size) =>
      new Uint8Array(Buffer.concat(Array.from({ length: Math.ceil(size / 64) }, block)).subarray(0, size)),
  };
}

/** Returns a function that returns the same numbers from 0 to 1 each time for the same seed. */
export function seededNumbers(seed: string): () => number {
  const random = seededRandom(seed);
  return () => new DataView(random.bytes(4).buffer).getUint32(0) / 2 ** 32;
}
