/** Returns the items whose head is a prefix of the text. */
export type Beginning<T> = (text: string) => readonly T[];

/** Indexes items by their literal heads, so that a text is compared only with the items that could contain it. */
export function byHead<T>(items: readonly T[], headOf: (item: T) => string): Beginning<T> {
  const known = Map.groupBy(items, headOf);
  const lengths = [...new Set([...known.keys()].map((head) => head.length))].sort((a, b) => a - b);
  return (text) => lengths.flatMap((length) => (length > text.length ? [] : (known.get(text.slice(0, length)) ?? [])));
}
