/** Draws values that depend on a seed alone. */
export interface Random {
  /** Draws a whole number from 0, below the limit. */
  below(limit: number): number;
  one<T>(of: readonly [T, ...T[]] | readonly T[]): T;
  /** Draws `count` of the values, each at most once. */
  some<T>(of: readonly T[], count: number): readonly T[];
}

/** Makes a generator (mulberry32), with 32 bits of state: enough for a reproducible set. */
export function randomFrom(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const one = <T>(of: readonly T[]): T => {
    const found = of[below(of.length)];
    if (found === undefined) throw new RangeError("there is nothing to choose from");
    return found;
  };
  const some = <T>(of: readonly T[], count: number): readonly T[] => {
    const left = [...of];
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(below(left.length), 1)).flat();
  };
  return { below, one, some };
}
