/** Finds the items whose head a text begins with. */
export type Beginning<T> = (text: string) => readonly T[];

/** Sorts items by their literal heads, so that a text is compared with those alone that could contain it. */
export function byHead<T>(items: readonly T[], headOf: (item: T) => string): Beginning<T> {
  const known = Map.groupBy(items, headOf);
  const lengths = [...new Set([...known.keys()].map((head) => head.length))].sort((a, b) => a - b);
  return (text) => lengths.flatMap((length) => (length > text.length ? [] : (known.get(text.slice(0, length)) ?? [])));
}
